#pragma once
#include "traces/microbench/microbenchmark.hpp"

namespace sptc::microbench {

/// Loads of global memory that the L1 holds, neighbouring lanes `stride` elements apart: how many
/// cycles the L1 takes for a warp load (gpu-benches, gpu-strides).
struct StridedLoop {
    std::uint32_t element_bits = 32;  ///< 32 or 64
    std::uint32_t stride = 1;         ///< elements; 0: all lanes load the same
    std::uint32_t warps = 32;
    std::uint32_t loads = 8;  ///< of an iteration
};

[[nodiscard]] Microbenchmark write(const StridedLoop& loop, const isa::Architecture& architecture);

}  // namespace sptc::microbench
