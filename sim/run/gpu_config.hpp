#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "models/gpu/gpu_spec.hpp"

namespace sptc::run {

/// The GPUs that are built into the program, by name.
[[nodiscard]] std::vector<std::string> gpu_names();

/// A built-in GPU by name ("a100") or a description of one's own by path ("my_gpu.json"). Unknown
/// names, unknown keys and wrong types are a ConfigError that lists what is legal or gives the JSON
/// pointer.
[[nodiscard]] gpu::GpuSpec load_gpu(std::string_view name_or_path);

/// The text of a built-in description.
[[nodiscard]] std::string_view gpu_config_text(std::string_view name);

}  // namespace sptc::run
