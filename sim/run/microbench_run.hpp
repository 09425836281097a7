#pragma once
#include <cstdint>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/gpu/gpu_spec.hpp"
#include "traces/microbench/microbenchmark.hpp"

namespace sptc::run {

/// What a warp's clock read before and after the timed loop.
struct WarpClock {
    base::Cycle begin = 0;
    base::Cycle end = 0;
};

/// Simulates a microbenchmark whose loop runs `iterations` times, every SM; gives the clocks of all
/// warps, CTA by CTA. Throws what the kernel causes.
[[nodiscard]] std::vector<WarpClock> warp_clocks(const gpu::GpuSpec& spec,
                                                 microbench::Microbenchmark& benchmark,
                                                 std::uint32_t iterations);

/// The longest time from a CTA's first beginning to its last end.
[[nodiscard]] base::Cycle longest_cta(const std::vector<WarpClock>& clocks,
                                      std::uint32_t warps_per_cta);

/// How often a loop runs to know what an iteration costs.
struct Iterations {
    std::uint32_t fewer;
    std::uint32_t more;
};

/// What an iteration costs in the steady state: the difference of two runs over the difference of
/// their iterations, which is what a run of a million iterations divided by a million would give.
struct LoopTime {
    double cycles = 0;  ///< of an iteration
    Iterations iterations{};
};
[[nodiscard]] LoopTime time_loop(const gpu::GpuSpec& spec, microbench::Microbenchmark benchmark,
                                 Iterations iterations);

}  // namespace sptc::run
