#pragma once
#include <cstdint>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/gpu/gpu.hpp"
#include "traces/lowering/lowering.hpp"
#include "traces/microbench/microbenchmark.hpp"

namespace sptc::run {

/// What a warp's clock read before and after the timed loop.
struct WarpClock {
    base::Cycle begin = 0;
    base::Cycle end = 0;
};

/// How a microbenchmark is simulated.
struct MicrobenchOptions {
    gpu::SimulatedSms sms = gpu::SimulatedSms::kAll;
    lowering::Lowering lowering = lowering::Lowering::kOn;
    unsigned threads = 1;  ///< that run SMs; results are the same for any number
};

/// Simulates a microbenchmark whose loop runs `iterations` times; gives the clocks of all warps,
/// CTA by CTA; those of CTAs that are not simulated are 0. Throws what the kernel causes.
[[nodiscard]] std::vector<WarpClock> warp_clocks(const gpu::GpuSpec& spec,
                                                 microbench::Microbenchmark& benchmark,
                                                 std::uint32_t iterations,
                                                 const MicrobenchOptions& options);

/// The longest time from a CTA's first beginning to its last end.
[[nodiscard]] base::Cycle longest_cta(const std::vector<WarpClock>& clocks,
                                      std::uint32_t warps_per_cta);

/// How often a loop runs to know what an iteration costs.
struct Iterations {
    std::uint32_t fewer;
    std::uint32_t more;
};

/// Not a difference: the longest time of a warp between its two readings, the loop run once.
inline constexpr Iterations kOneIteration{0, 1};

/// What an iteration costs in the steady state: the difference of two runs over the difference of
/// their iterations, which is what a run of a million iterations divided by a million would give.
struct LoopTime {
    double cycles = 0;  ///< of an iteration
    Iterations iterations{};
};
[[nodiscard]] LoopTime time_loop(const gpu::GpuSpec& spec, microbench::Microbenchmark benchmark,
                                 Iterations iterations, const MicrobenchOptions& options);

}  // namespace sptc::run
