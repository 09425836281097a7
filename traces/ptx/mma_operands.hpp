#pragma once
#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

/// All 32 lanes execute it, or none; else KernelError.
void check_whole_warp(Execution& execution);

/// Operands: D, A, B, C, E in the numbers that the form says. Shows them; whoever models the tensor
/// core computes.
void show_mma_operands(Execution& execution);

}  // namespace sptc::ptx
