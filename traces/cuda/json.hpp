#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sptc::cuda {

/// Throws ConfigError that names the file when the text is no JSON.
[[nodiscard]] nlohmann::ordered_json parse_json(const std::string& text, const std::string& file);

}  // namespace sptc::cuda
