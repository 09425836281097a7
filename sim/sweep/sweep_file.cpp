#include "sim/sweep/sweep_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/workload/workload.hpp"

namespace sptc::sweep {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostValues = 1'000'000;  // of one axis; beyond it is a slip

/// The keys of `json` are among these.
void require_keys(const ordered_json& json, const std::string& where,
                  const std::vector<std::string_view>& legal) {
    if (!json.is_object()) {
        throw base::ConfigError(
            fmt::format("{}: expected an object, found {}", where, json.type_name()));
    }
    for (const auto& [key, unused] : json.items()) {
        if (std::find(legal.begin(), legal.end(), key) == legal.end()) {
            throw base::ConfigError(fmt::format("{}{}: unknown key; expected one of {}", where,
                                                "/" + key, fmt::join(legal, ", ")));
        }
    }
}

double number_at(const ordered_json& json, const std::string& key, const std::string& where) {
    if (!json.contains(key) || !json[key].is_number()) {
        throw base::ConfigError(fmt::format("{}/{}: expected a number", where, key));
    }
    return json[key].get<double>();
}

std::uint64_t whole_at(const ordered_json& json, const std::string& key, const std::string& where) {
    if (!json.contains(key) || !json[key].is_number_unsigned()) {
        throw base::ConfigError(fmt::format("{}/{}: expected a whole number", where, key));
    }
    return json[key].get<std::uint64_t>();
}

/// {"from": 256, "to": 4096, "step": 256} or with "factor": 2; both ends included.
std::vector<Value> range_values(const ordered_json& json, const std::string& where) {
    require_keys(json, where, {"from", "to", "step", "factor"});
    const double from = number_at(json, "from", where);
    const double to = number_at(json, "to", where);
    if (json.contains("step") == json.contains("factor")) {
        throw base::ConfigError(fmt::format("{}: expected one of step and factor", where));
    }
    const bool multiplied = json.contains("factor");
    const double by = number_at(json, multiplied ? "factor" : "step", where);
    if (multiplied ? !(by > 1 && from > 0) : !(by > 0)) {
        throw base::ConfigError(
            fmt::format("{}: expected a step above 0, or a factor above 1 from above 0", where));
    }
    std::vector<Value> values;
    for (double at = from; at <= to;
         at = multiplied ? at * by : from + by * static_cast<double>(values.size())) {
        values.emplace_back(at);
        if (values.size() > kMostValues) {
            throw base::ConfigError(fmt::format("{}: more than {} values", where, kMostValues));
        }
    }
    if (values.empty()) {
        throw base::ConfigError(fmt::format("{}: empty range, from {} to {}", where, from, to));
    }
    return values;
}

std::vector<Value> axis_values(const ordered_json& json, const std::string& where) {
    if (json.is_object()) return range_values(json, where);
    if (!json.is_array()) {
        throw base::ConfigError(fmt::format(
            "{}: expected a list of values or a range with from, to and step or factor, found {}",
            where, json.dump()));
    }
    if (json.empty()) throw base::ConfigError(where + ": empty, expected at least one value");
    std::vector<Value> values;
    for (std::size_t i = 0; i < json.size(); ++i) {
        values.push_back(value_from_json(json[i], fmt::format("{}/{}", where, i)));
    }
    return values;
}

std::string escaped(std::string key) {
    for (std::size_t at = 0; (at = key.find_first_of("~/", at)) != std::string::npos; at += 2) {
        key.replace(at, 1, key[at] == '~' ? "~0" : "~1");
    }
    return key;
}

void read_grid(const ordered_json& json, const std::string& where, SweepFile& sweep) {
    if (!json.is_object()) throw base::ConfigError(where + ": expected an object of lists");
    for (const auto& [name, values] : json.items()) {
        sweep.grid.emplace_back(name, axis_values(values, where + "/" + escaped(name)));
    }
}

/// {"workload": "bert-large", "batch": 8, ...} stands for the layers of the network.
std::vector<Parameters> layers_of(Parameters entry, const std::string& where) {
    const std::string name = text(entry.at("workload"));
    std::map<std::string, std::uint32_t> settings;
    for (const char* setting : {"batch", "sequence"}) {
        const auto found = entry.find(setting);
        if (found == entry.end()) continue;
        const auto* number = std::get_if<double>(&found->second);
        constexpr double kLargest = 1u << 31;
        if (number == nullptr || !(*number >= 1 && *number < kLargest)) {
            throw base::ConfigError(
                fmt::format("{}/{}: expected a whole number from 1", where, setting));
        }
        settings[setting] = static_cast<std::uint32_t>(*number);
        entry.erase(found);
    }
    std::vector<Parameters> points;
    for (const workload::Layer& layer : workload::load_workload(name, settings).layers) {
        Parameters point = entry;
        point["workload"] = name;
        point["layer"] = layer.name;
        point["count"] = static_cast<double>(layer.count);
        point["m"] = static_cast<double>(layer.m);
        point["n"] = static_cast<double>(layer.n);
        point["k"] = static_cast<double>(layer.k);
        point["prunable"] = layer.weights && !layer.first_convolution ? 1.0 : 0.0;
        points.push_back(std::move(point));
    }
    return points;
}

void read_points(const ordered_json& json, const std::string& where, SweepFile& sweep) {
    if (!json.is_array() || json.empty()) {
        throw base::ConfigError(where + ": expected a list of at least one point");
    }
    for (std::size_t i = 0; i < json.size(); ++i) {
        const std::string at = fmt::format("{}/{}", where, i);
        Parameters entry = parameters_from_json(json[i], at);
        for (const auto& [name, unused] : sweep.grid) {
            if (entry.contains(name)) {
                throw base::ConfigError(
                    fmt::format("{}/{}: is in the grid too", at, escaped(name)));
            }
        }
        if (entry.contains("workload") && !entry.contains("layer")) {
            for (Parameters& layer : layers_of(std::move(entry), at)) {
                sweep.points.push_back(std::move(layer));
            }
        } else {
            sweep.points.push_back(std::move(entry));
        }
    }
}

void read_constraints(const ordered_json& json, const std::string& where, SweepFile& sweep) {
    if (!json.is_array()) throw base::ConfigError(where + ": expected a list of conditions");
    for (std::size_t i = 0; i < json.size(); ++i) {
        const std::string at = fmt::format("{}/{}", where, i);
        if (!json[i].is_string()) throw base::ConfigError(at + ": expected a condition in quotes");
        try {
            sweep.constraints.emplace_back(json[i].get<std::string>());
        } catch (const base::ConfigError& error) {
            throw base::ConfigError(fmt::format("{}: {}", at, error.what()));
        }
    }
}

Sample read_sample(const ordered_json& json, const std::string& where) {
    require_keys(json, where, {"count", "seed"});
    const Sample sample{whole_at(json, "count", where), whole_at(json, "seed", where)};
    if (sample.count == 0) throw base::ConfigError(where + "/count: expected at least 1");
    return sample;
}

}  // namespace

SweepFile read_sweep_file(const std::filesystem::path& path) {
    SweepFile sweep;
    sweep.text = base::read_text(path);
    sweep.folder = path.parent_path();
    ordered_json json;
    try {
        json = ordered_json::parse(sweep.text);
    } catch (const ordered_json::parse_error& error) {
        throw base::ConfigError(fmt::format("{}: byte {}: not valid JSON: {}", path.string(),
                                            error.byte, error.what()));
    }
    const std::string where = path.string() + ": ";
    require_keys(
        json, where,
        {"schema", "name", "description", "defaults", "grid", "points", "constraints", "sample"});
    if (json.value("schema", ordered_json()) != "sptc.sweep/1") {
        throw base::ConfigError(where + "/schema: expected \"sptc.sweep/1\"");
    }
    const ordered_json name = json.value("name", ordered_json(path.stem().string()));
    if (!name.is_string()) throw base::ConfigError(where + "/name: expected a string");
    sweep.name = name.get<std::string>();
    if (json.contains("defaults")) {
        sweep.defaults = parameters_from_json(json["defaults"], where + "/defaults");
    }
    if (json.contains("grid")) read_grid(json["grid"], where + "/grid", sweep);
    if (json.contains("points")) read_points(json["points"], where + "/points", sweep);
    if (sweep.grid.empty() && sweep.points.empty()) {
        throw base::ConfigError(where + "/: nothing to do: expected grid, points or both");
    }
    if (sweep.points.empty()) sweep.points.emplace_back();
    if (json.contains("constraints")) {
        read_constraints(json["constraints"], where + "/constraints", sweep);
    }
    if (json.contains("sample")) sweep.sample = read_sample(json["sample"], where + "/sample");
    return sweep;
}

}  // namespace sptc::sweep
