#include "sim/commands/inspect_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "sim/run/gpu_config.hpp"
#include "sim/run/gpu_document.hpp"

namespace sptc::commands {
namespace {

using nlohmann::ordered_json;

struct Parameter {
    std::string pointer;
    std::string value;
    std::string confidence;
    std::string source;
};

/// Those with a source, in the order of the document.
void collect(const ordered_json& json, const std::string& pointer, std::vector<Parameter>& found) {
    if (!json.is_object()) return;
    if (json.contains("value")) {
        const ordered_json& value = json.at("value");
        found.push_back({pointer, value.is_string() ? value.get<std::string>() : value.dump(),
                         json.value("confidence", ""), json.value("source", "")});
        return;
    }
    for (const auto& [key, member] : json.items()) collect(member, pointer + "/" + key, found);
}

std::size_t widest(const std::vector<Parameter>& parameters, std::string Parameter::*column) {
    std::size_t width = 0;
    for (const Parameter& each : parameters) width = std::max(width, (each.*column).size());
    return width;
}

}  // namespace

void inspect_parameters(const std::string& name_or_path) {
    const run::GpuDocument document = run::gpu_document(name_or_path, {});
    const gpu::GpuSpec spec = run::gpu_of(document);  // is it valid?
    std::vector<Parameter> parameters;
    collect(ordered_json::parse(document.text), "", parameters);
    const std::size_t pointer = widest(parameters, &Parameter::pointer);
    const std::size_t value = widest(parameters, &Parameter::value);
    const std::size_t confidence = widest(parameters, &Parameter::confidence);
    std::map<std::string, int> counts;
    fmt::print("{}: {}\n\n{:<{}}  {:>{}}  {:<{}}  source\n", spec.name, spec.description,
               "parameter", pointer, "value", value, "confidence", confidence);
    for (const Parameter& each : parameters) {
        fmt::print("{:<{}}  {:>{}}  {:<{}}  {}\n", each.pointer, pointer, each.value, value,
                   each.confidence, confidence, each.source);
        ++counts[each.confidence];
    }
    std::string summary;
    for (const auto& [name, count] : counts)
        summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", count, name);
    fmt::print("\n{} parameters: {}\n", parameters.size(), summary);
}

}  // namespace sptc::commands
