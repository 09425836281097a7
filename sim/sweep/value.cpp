#include "sim/sweep/value.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "models/base/error.hpp"

namespace sptc::sweep {
namespace {

constexpr double kLargestExact = 9007199254740992.0;  // 2^53

bool whole(double number) {
    return number >= -kLargestExact && number <= kLargestExact &&
           number == static_cast<double>(static_cast<std::int64_t>(number));
}

}  // namespace

std::string text(const Value& value) {
    if (const auto* words = std::get_if<std::string>(&value)) return *words;
    const double number = std::get<double>(value);
    return whole(number) ? fmt::format("{}", static_cast<std::int64_t>(number))
                         : fmt::format("{}", number);
}

nlohmann::ordered_json to_json(const Value& value) {
    if (const auto* words = std::get_if<std::string>(&value)) return *words;
    const double number = std::get<double>(value);
    if (whole(number)) return static_cast<std::int64_t>(number);
    return number;
}

Value value_from_json(const nlohmann::ordered_json& json, const std::string& where) {
    if (json.is_number()) return json.get<double>();
    if (json.is_string()) return json.get<std::string>();
    throw base::ConfigError(
        fmt::format("{}: expected a number or a string, found {}", where, json.dump()));
}

nlohmann::ordered_json to_json(const Parameters& parameters) {
    auto json = nlohmann::ordered_json::object();
    for (const auto& [name, value] : parameters) json[name] = to_json(value);
    return json;
}

Parameters parameters_from_json(const nlohmann::ordered_json& json, const std::string& where) {
    if (!json.is_object()) {
        throw base::ConfigError(
            fmt::format("{}: expected an object, found {}", where, json.dump()));
    }
    Parameters parameters;
    for (const auto& [name, value] : json.items()) {
        parameters[name] = value_from_json(value, where + "/" + name);
    }
    return parameters;
}

}  // namespace sptc::sweep
