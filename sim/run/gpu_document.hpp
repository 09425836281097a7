#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/gpu_override.hpp"

namespace sptc::run {

/// A GPU description before it is understood.
struct GpuDocument {
    std::string text;  ///< one JSON object: what it extends merged in, its numbers changed
    std::string file;  ///< for messages
};

/// A built-in description by name or alias, or a file by path. `"extends": "NAME or FILE.json"`
/// (a file beside the one that names it) takes every key from there that the description does not
/// give itself. Throws ConfigError naming the file and the JSON pointer: also when an override
/// names no number of the description.
[[nodiscard]] GpuDocument gpu_document(std::string_view name_or_path,
                                       std::span<const GpuOverride> overrides);

/// The same description, of a GPU or of something else, with some of its numbers changed. Throws
/// ConfigError as gpu_document().
[[nodiscard]] GpuDocument changed(const GpuDocument& document,
                                  std::span<const GpuOverride> overrides);

/// Names of the built-in descriptions, without aliases.
[[nodiscard]] std::vector<std::string> gpu_names();

[[nodiscard]] std::vector<std::string> gpu_names_and_aliases();

/// The other names of a built-in description.
[[nodiscard]] std::vector<std::string> gpu_aliases(std::string_view name);

/// The text of a built-in description by name or alias. Throws ConfigError with the legal names.
[[nodiscard]] std::string_view gpu_config_text(std::string_view name);

}  // namespace sptc::run
