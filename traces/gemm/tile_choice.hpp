#pragma once
#include <cstdint>
#include <vector>

#include "traces/gemm/gemm.hpp"

namespace sptc::gemm {

/// What the choice of a tile knows of a GPU. The defaults are the A100 (NVIDIA A100 architecture
/// whitepaper; CUDA C programming guide, compute capability 8.0) at its core clock.
struct TileLimits {
    std::uint32_t shared_bytes_per_cta = kSharedBytesPerCtaSm80;
    std::uint32_t shared_bytes_per_sm = 164 * 1024;
    std::uint32_t reserved_shared_bytes_per_cta = 1024;
    std::uint32_t registers_per_sm = 65536;
    std::uint32_t threads_per_sm = 2048;
    std::uint32_t macs_per_cycle = 1024;           ///< executed f16 multiplications of an SM
    std::uint32_t shared_bytes_per_cycle = 128;    ///< of an SM
    std::uint32_t l2_bytes_per_cycle_and_sm = 64;  ///< what one SM can receive
    std::uint32_t store_bytes_per_cycle = 32;      ///< what one SM can send: a sector
    std::uint32_t l2_bytes_per_cycle = 3120;       ///< of the GPU: the best measured on an A100
};

/// The tiles that choose_tile() considers, the largest first.
[[nodiscard]] std::vector<GemmTile> default_tiles(const GemmProblem& problem);

/// Cycles of the whole GEMM, estimated: waves of resident CTAs, each as long as its slowest
/// resource (tensor cores, shared memory, L2) plus what a CTA spends outside its main loop (the
/// first stage, the stores of D). Good for ordering tiles, not for reporting.
[[nodiscard]] double estimate_cycles(const GemmProblem& problem, const GemmTile& tile,
                                     std::uint32_t sm_count, const TileLimits& limits);

/// Can the tile be built, and can a CTA of it run on the GPU?
[[nodiscard]] bool fits(const GemmProblem& problem, const GemmTile& tile, const TileLimits& limits);

/// The default tile of the lowest estimate that fits the limits; of equals the largest. Throws
/// ConfigError when none fits, with the reason of the smallest tile.
[[nodiscard]] GemmTile choose_tile(const GemmProblem& problem, std::uint32_t sm_count,
                                   const TileLimits& limits = {});

}  // namespace sptc::gemm
