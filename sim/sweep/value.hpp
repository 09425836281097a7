#pragma once
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace sptc::sweep {

/// What a parameter of a point can be.
using Value = std::variant<double, std::string>;

/// The parameters of a point by name. A name that starts with '/' is the JSON pointer of a number
/// of the GPU's description.
using Parameters = std::map<std::string, Value>;

[[nodiscard]] inline bool is_pointer(std::string_view name) { return name.starts_with('/'); }

/// "512", "0.5", "2:4".
[[nodiscard]] std::string text(const Value& value);

/// A JSON number or string. Whole numbers are written without a point. from_json throws ConfigError
/// beginning with `where`.
[[nodiscard]] nlohmann::ordered_json to_json(const Value& value);
[[nodiscard]] Value value_from_json(const nlohmann::ordered_json& json, const std::string& where);

/// An object, sorted by name.
[[nodiscard]] nlohmann::ordered_json to_json(const Parameters& parameters);
[[nodiscard]] Parameters parameters_from_json(const nlohmann::ordered_json& json,
                                              const std::string& where);

}  // namespace sptc::sweep
