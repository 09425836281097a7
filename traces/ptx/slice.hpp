#pragma once
#include <vector>

#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// What must be executed when values are off.
struct Slice {
    std::vector<bool> executes;  ///< by op: its result decides an address, a predicate or a branch
    bool loads_global = false;   ///< some of them load global memory
};

/// The backward slice of everything that the SM sees of an execution: addresses, guards, barrier
/// operands and cp.async sizes. By register, regardless of order: never too small. Throws
/// KernelError with the line when it would hold a shared load, an ldmatrix or an mma, whose results
/// exist only with values on.
[[nodiscard]] Slice compute_slice(const Program& program);

}  // namespace sptc::ptx
