#include "sim/run/gpu_document.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/run/embedded_configs.hpp"

namespace sptc::run {
namespace {

using nlohmann::json;

constexpr std::string_view kSchema = "sptc.gpu/1";
constexpr std::string_view kExtends = "extends";
constexpr std::string_view kAliases = "aliases";

[[noreturn]] void fail(std::string_view file, std::string_view pointer, std::string_view what) {
    throw base::ConfigError(fmt::format("{}: {}: {}", file, pointer, what));
}

json parse_object(std::string_view text, const std::string& file) {
    json document;
    try {
        document = json::parse(text);
    } catch (const json::parse_error& error) {
        throw base::ConfigError(
            fmt::format("{}: byte {}: not valid JSON: {}", file, error.byte, error.what()));
    }
    if (!document.is_object())
        fail(file, "/", fmt::format("expected an object, found {}", document.type_name()));
    return document;
}

json parse(std::string_view text, const std::string& file) {
    json document = parse_object(text, file);
    const auto schema = document.find("schema");
    if (schema == document.end() || *schema != kSchema) {
        fail(file, "/schema",
             fmt::format("expected \"{}\", found {}", kSchema,
                         schema == document.end() ? "nothing" : schema->dump()));
    }
    return document;
}

/// Is it a number with its source, which is replaced as a whole?
bool is_leaf(const json& value) { return !value.is_object() || value.contains("value"); }

void merge(const json& changes, json& target) {
    for (const auto& [key, value] : changes.items()) {
        const auto there = target.find(key);
        if (there == target.end() || is_leaf(value) || is_leaf(*there)) {
            target[key] = value;
        } else {
            merge(value, *there);
        }
    }
}

std::string file_of(const EmbeddedConfig& config) {
    return fmt::format("configs/gpu/{}.json", config.name);
}

std::vector<std::string> aliases_of(const EmbeddedConfig& config) {
    const json document = json::parse(config.text);
    return document.value(std::string(kAliases), std::vector<std::string>{});
}

const EmbeddedConfig* find_embedded(std::string_view name) {
    for (const EmbeddedConfig& config : embedded_gpu_configs()) {
        if (config.name == name) return &config;
    }
    for (const EmbeddedConfig& config : embedded_gpu_configs()) {
        const std::vector<std::string> aliases = aliases_of(config);
        if (std::find(aliases.begin(), aliases.end(), name) != aliases.end()) return &config;
    }
    return nullptr;
}

const EmbeddedConfig& embedded(std::string_view name) {
    if (const EmbeddedConfig* config = find_embedded(name)) return *config;
    throw base::ConfigError(
        fmt::format("unknown GPU '{}': expected one of {}, or the path of a description (.json)",
                    name, fmt::join(gpu_names_and_aliases(), ", ")));
}

/// `chain` holds the files that extend one another, to find a circle.
json resolve(std::string_view text, const std::string& file, std::vector<std::string>& chain) {
    if (std::find(chain.begin(), chain.end(), file) != chain.end()) {
        fail(file, "/extends",
             fmt::format("a circle of descriptions: {}", fmt::join(chain, " extends ")));
    }
    chain.push_back(file);
    json document = parse(text, file);
    const auto extends = document.find(kExtends);
    if (extends == document.end()) {
        document.erase(std::string(kAliases));
        return document;
    }
    if (!extends->is_string())
        fail(file, "/extends",
             fmt::format("expected the name of a GPU or a file, found {}", extends->dump()));
    const auto base_name = extends->get<std::string>();
    json result;
    if (base_name.ends_with(".json")) {
        const auto path = std::filesystem::path(file).parent_path() / base_name;
        result = resolve(base::read_text(path), path.string(), chain);
    } else {
        const EmbeddedConfig* config = find_embedded(base_name);
        if (config == nullptr) {
            fail(file, "/extends",
                 fmt::format("unknown GPU '{}': expected one of {}, or a file (.json)", base_name,
                             fmt::join(gpu_names_and_aliases(), ", ")));
        }
        result = resolve(config->text, file_of(*config), chain);
    }
    document.erase(std::string(kExtends));
    document.erase(std::string(kAliases));
    if (!document.contains("name") || !document.contains("description")) {
        fail(file, document.contains("name") ? "/description" : "/name",
             "missing: a description that extends another one needs its own");
    }
    merge(document, result);
    return result;
}

/// The keys of an object, for a message.
std::string keys(const json& object) {
    std::vector<std::string> names;
    for (const auto& [key, value] : object.items()) names.push_back(key);
    return fmt::format("{}", fmt::join(names, ", "));
}

void apply(const GpuOverride& change, const std::string& file, json& document) {
    json* target = nullptr;
    try {
        const json::json_pointer pointer(change.pointer);
        if (document.contains(pointer)) target = &document[pointer];
    } catch (const json::exception&) {
        fail(file, change.pointer, "not a JSON pointer; expected such as /sm/max_warps");
    }
    if (target == nullptr) fail(file, change.pointer, "names nothing in the description");
    if (target->is_object() && target->contains("value")) target = &(*target)["value"];
    if (target->is_object())
        fail(file, change.pointer, fmt::format("is no number; it holds {}", keys(*target)));
    if (!target->is_number())
        fail(file, change.pointer, fmt::format("is no number but {}", target->dump()));
    *target = change.value;
}

}  // namespace

GpuDocument gpu_document(std::string_view name_or_path, std::span<const GpuOverride> overrides) {
    std::vector<std::string> chain;
    std::string file(name_or_path);
    json document;
    if (name_or_path.ends_with(".json")) {
        document = resolve(base::read_text(file), file, chain);
    } else {
        const EmbeddedConfig& config = embedded(name_or_path);
        file = file_of(config);
        document = resolve(config.text, file, chain);
    }
    for (const GpuOverride& change : overrides) apply(change, file, document);
    return {document.dump(), file};
}

GpuDocument changed(const GpuDocument& document, std::span<const GpuOverride> overrides) {
    json object = parse_object(document.text, document.file);
    for (const GpuOverride& change : overrides) apply(change, document.file, object);
    return {object.dump(), document.file};
}

GpuOverride parse_override(std::string_view text) {
    GpuOverride change;
    const std::size_t equals = text.rfind('=');
    const char* const end = text.data() + text.size();
    if (equals != std::string_view::npos) {
        change.pointer = text.substr(0, equals);
        const auto [stop, error] = std::from_chars(text.data() + equals + 1, end, change.value);
        if (error == std::errc{} && stop == end && change.pointer.starts_with('/')) return change;
    }
    throw base::ConfigError(fmt::format(
        "'{}': expected /POINTER=NUMBER, such as /sm/tensor_core/b_bits_per_cycle=256", text));
}

std::vector<std::string> gpu_names() {
    std::vector<std::string> names;
    for (const EmbeddedConfig& config : embedded_gpu_configs()) names.emplace_back(config.name);
    return names;
}

std::vector<std::string> gpu_names_and_aliases() {
    std::vector<std::string> names;
    for (const EmbeddedConfig& config : embedded_gpu_configs()) {
        names.emplace_back(config.name);
        for (std::string& alias : aliases_of(config)) names.push_back(std::move(alias));
    }
    return names;
}

std::vector<std::string> gpu_aliases(std::string_view name) { return aliases_of(embedded(name)); }

std::string_view gpu_config_text(std::string_view name) { return embedded(name).text; }

}  // namespace sptc::run
