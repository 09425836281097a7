#pragma once
#include <span>
#include <string_view>

#include "models/gpu/gpu_spec.hpp"
#include "sim/run/gpu_document.hpp"
#include "sim/run/gpu_override.hpp"

namespace sptc::run {

/// A built-in GPU by name ("a100") or a description of one's own by path ("my_gpu.json"), with
/// some of its numbers changed. Unknown names, unknown keys, numbers without a source and wrong
/// types are a ConfigError that lists what is legal or gives the JSON pointer.
[[nodiscard]] gpu::GpuSpec load_gpu(std::string_view name_or_path,
                                    std::span<const GpuOverride> overrides = {});

/// The GPU that a description describes. Throws ConfigError as load_gpu().
[[nodiscard]] gpu::GpuSpec gpu_of(const GpuDocument& document);

}  // namespace sptc::run
