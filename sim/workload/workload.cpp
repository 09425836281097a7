#include "sim/workload/workload.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <set>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/run/embedded_configs.hpp"
#include "sim/workload/extent.hpp"

namespace sptc::workload {
namespace {

using nlohmann::json;

/// Reads one workload file; knows where it is for messages.
class Reader {
  public:
    Reader(std::string file, const std::map<std::string, std::uint32_t>& given)
        : file_(std::move(file)), given_(given) {}

    Workload read(const json& root) {
        only(root, "", {"schema", "name", "description", "source", "parameters", "layers"});
        if (text(root, "", "schema") != "sptc.workload/1")
            fail("/schema", "expected \"sptc.workload/1\"");
        Workload workload;
        workload.name = text(root, "", "name");
        workload.description = text(root, "", "description");
        workload.source = text(root, "", "source");
        read_parameters(root);
        workload.parameters = parameters_;
        const json& layers = at(root, "", "layers");
        if (!layers.is_array() || layers.empty())
            fail("/layers", "expected a list of one layer or more");
        for (std::size_t i = 0; i < layers.size(); ++i) {
            workload.layers.push_back(layer(layers[i], fmt::format("/layers/{}", i)));
        }
        return workload;
    }

  private:
    [[noreturn]] void fail(std::string_view pointer, std::string_view what) const {
        throw base::ConfigError(
            fmt::format("{}: {}: {}", file_, pointer.empty() ? "/" : pointer, what));
    }
    void only(const json& object, const std::string& pointer,
              const std::set<std::string>& legal) const {
        if (!object.is_object())
            fail(pointer, fmt::format("expected an object, found {}", object.type_name()));
        for (const auto& [key, value] : object.items()) {
            if (legal.contains(key)) continue;
            fail(pointer + "/" + key,
                 fmt::format("unknown key; expected one of {}", fmt::join(legal, ", ")));
        }
    }
    const json& at(const json& object, const std::string& pointer, const std::string& key) const {
        const auto found = object.find(key);
        if (found == object.end()) fail(pointer + "/" + key, "missing");
        return *found;
    }
    std::string text(const json& object, const std::string& pointer, const std::string& key) const {
        const json& value = at(object, pointer, key);
        if (!value.is_string())
            fail(pointer + "/" + key, fmt::format("expected a string, found {}", value.dump()));
        return value.get<std::string>();
    }
    bool flag(const json& object, const std::string& pointer, const std::string& key,
              bool otherwise) const {
        const auto found = object.find(key);
        if (found == object.end()) return otherwise;
        if (!found->is_boolean())
            fail(pointer + "/" + key,
                 fmt::format("expected true or false, found {}", found->dump()));
        return found->get<bool>();
    }
    /// A number, or a product of numbers and parameters as text.
    std::uint32_t extent(const json& object, const std::string& pointer,
                         const std::string& key) const {
        const json& value = at(object, pointer, key);
        const std::string expression = value.is_string() ? value.get<std::string>() : value.dump();
        std::string problem;
        const auto result = evaluate_extent(expression, parameters_, problem);
        if (!result) fail(pointer + "/" + key, problem);
        return *result;
    }

    void read_parameters(const json& root) {
        const json& parameters = at(root, "", "parameters");
        if (!parameters.is_object()) fail("/parameters", "expected an object");
        for (const auto& [name, value] : parameters.items()) {
            parameters_[name] = extent(parameters, "/parameters", name);
        }
        for (const auto& [name, value] : given_) {
            if (!parameters_.contains(name)) {
                std::vector<std::string> names;
                for (const auto& [known, unused] : parameters_) names.push_back(known);
                fail("/parameters",
                     fmt::format("has no '{}' to set, but {}", name, fmt::join(names, ", ")));
            }
            parameters_[name] = value;
        }
    }

    Layer layer(const json& object, const std::string& pointer) const {
        only(object, pointer,
             {"name", "count", "m", "n", "k", "conv", "weights", "first_convolution"});
        Layer layer;
        layer.name = text(object, pointer, "name");
        if (object.contains("count")) layer.count = extent(object, pointer, "count");
        layer.weights = flag(object, pointer, "weights", true);
        layer.first_convolution = flag(object, pointer, "first_convolution", false);
        if (object.contains("conv")) {
            convolution(object["conv"], pointer + "/conv", layer);
            return layer;
        }
        layer.m = extent(object, pointer, "m");
        layer.n = extent(object, pointer, "n");
        layer.k = extent(object, pointer, "k");
        return layer;
    }

    void convolution(const json& object, const std::string& pointer, Layer& layer) const {
        only(object, pointer,
             {"input_channels", "output_channels", "kernel", "stride", "padding", "input_size"});
        const std::uint32_t kernel = extent(object, pointer, "kernel");
        const std::uint32_t stride = extent(object, pointer, "stride");
        const std::uint32_t size = extent(object, pointer, "input_size");
        const json& pad = at(object, pointer, "padding");
        if (!pad.is_number_unsigned()) fail(pointer + "/padding", "expected a number, 0 or more");
        const auto padded = size + 2 * pad.get<std::uint64_t>();
        if (padded < kernel) fail(pointer + "/kernel", "is larger than the padded input");
        const std::uint64_t positions = (padded - kernel) / stride + 1;
        const auto batch = parameters_.find("batch");
        const std::uint64_t images = batch == parameters_.end() ? 1 : batch->second;
        layer.m = extent(object, pointer, "output_channels");
        layer.n = product(pointer, {images, positions, positions});
        layer.k = product(pointer, {extent(object, pointer, "input_channels"), kernel, kernel});
    }

    std::uint32_t product(const std::string& pointer,
                          std::initializer_list<std::uint64_t> factors) const {
        std::string problem;
        const auto result =
            evaluate_extent(fmt::format("{}", fmt::join(factors, "*")), parameters_, problem);
        if (!result) fail(pointer, problem);
        return *result;
    }

    std::string file_;
    const std::map<std::string, std::uint32_t>& given_;
    std::map<std::string, std::uint32_t> parameters_;
};

}  // namespace

std::vector<std::string> workload_names() {
    std::vector<std::string> names;
    for (const run::EmbeddedConfig& config : run::embedded_workload_configs()) {
        names.emplace_back(config.name);
    }
    return names;
}

Workload load_workload(std::string_view name_or_path,
                       const std::map<std::string, std::uint32_t>& parameters) {
    std::string file(name_or_path);
    std::string content;
    if (name_or_path.ends_with(".json")) {
        content = base::read_text(file);
    } else {
        for (const run::EmbeddedConfig& config : run::embedded_workload_configs()) {
            if (config.name == name_or_path) content = config.text;
        }
        if (content.empty()) {
            throw base::ConfigError(
                fmt::format("unknown workload '{}': expected one of {}, or the path of one (.json)",
                            name_or_path, fmt::join(workload_names(), ", ")));
        }
        file = fmt::format("configs/workload/{}.json", name_or_path);
    }
    json root;
    try {
        root = json::parse(content);
    } catch (const json::parse_error& error) {
        throw base::ConfigError(
            fmt::format("{}: byte {}: not valid JSON: {}", file, error.byte, error.what()));
    }
    return Reader(file, parameters).read(root);
}

}  // namespace sptc::workload
