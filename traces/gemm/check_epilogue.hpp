#pragma once
#include "traces/gemm/gemm.hpp"

namespace sptc::gemm {

/// Throws ConfigError for steps that the accumulators do not have: requantization of anything but
/// s32, GELU of s32 or f64, a fractional alpha or beta of s32.
void check_epilogue(const GemmProblem& problem);

}  // namespace sptc::gemm
