#pragma once
#include "sim/run/gemm_request.hpp"
#include "sim/run/gemm_result.hpp"

namespace sptc::run {

/// Writes the kernel, prepares its operands, simulates it, and, when asked to, the dense kernel of
/// the same shape; checks D and writes files. Throws ConfigError for contradictions in the request,
/// and what the kernels cause.
[[nodiscard]] GemmResult run_gemm(const GemmRequest& request);

}  // namespace sptc::run
