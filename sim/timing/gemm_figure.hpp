#pragma once
#include <map>
#include <string>
#include <string_view>

#include "models/gpu/gpu_spec.hpp"
#include "traces/lowering/lowering.hpp"

namespace sptc::timing {

/// A figure of a GEMM kernel, cycles at the GPU's clock: "milliseconds", "teraflops" or "speedup"
/// over the dense kernel. Parameters: m, n, k, type, accum, pattern (or dense), kernel (auto or a
/// tile as --kernel takes it). Throws ConfigError when one is missing, unknown or illegal.
[[nodiscard]] double gemm_figure(const gpu::GpuSpec& spec,
                                 const std::map<std::string, std::string>& parameters,
                                 std::string_view metric, lowering::Lowering lowering);

}  // namespace sptc::timing
