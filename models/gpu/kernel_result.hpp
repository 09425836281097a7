#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/gpu/memory_samples.hpp"
#include "models/gpu/occupancy.hpp"
#include "models/isa/instruction_source.hpp"
#include "models/sm/activity.hpp"
#include "models/sm/line_profile.hpp"
#include "models/sm/timeline.hpp"

namespace sptc::gpu {

/// How often an instruction was executed.
struct MmaCount {
    const isa::MmaForm* form = nullptr;
    std::uint64_t count = 0;
};

/// What one kernel did. Counts cover the simulated SMs; L2 and HBM counts cover the whole GPU (in
/// representative mode through the mirrored CTAs).
struct KernelResult {
    base::Cycle cycles = 0;  ///< first CTA dispatched to last store drained
    std::uint32_t sms = 0;   ///< of the GPU
    std::uint32_t simulated_sms = 0;
    std::uint64_t ctas = 0;  ///< of the grid
    std::uint64_t simulated_ctas = 0;
    Occupancy occupancy;
    isa::KernelShape shape;

    sm::ActivityCycles
        activity{};  ///< sub-core cycles; their sum is sub-cores x simulated SMs x cycles
    std::uint64_t warp_instructions = 0;
    std::array<std::uint64_t, static_cast<std::size_t>(isa::Operation::kCount)> issued{};

    std::uint64_t shared_read_bytes = 0;  ///< wavefronts x width
    std::uint64_t shared_write_bytes = 0;
    std::uint64_t shared_fill_bytes = 0;  ///< written by cp.async
    std::uint64_t l1_array_bytes = 0;     ///< wavefronts x width of loads that hit the L1
    std::uint64_t l1_read_bytes = 0;      ///< sectors asked for by what looks into the L1
    std::uint64_t l1_hit_bytes = 0;       ///< of these: present
    std::uint64_t l1_merged_bytes = 0;    ///< of these: on their way
    std::uint64_t l2_read_bytes = 0;      ///< sectors asked for by SMs
    std::uint64_t l2_near_hit_bytes = 0;  ///< of these: in the SM's partition
    std::uint64_t l2_far_read_bytes = 0;  ///< of these: asked for in another partition
    std::uint64_t l2_far_hit_bytes = 0;   ///< of those: found there
    std::uint64_t l2_write_bytes = 0;
    std::uint64_t hbm_read_bytes = 0;
    std::uint64_t hbm_write_bytes = 0;
    std::vector<MmaCount> mmas;  ///< of the forms that occur, in the order of isa::mma_forms()
    std::uint64_t b_values_fetched = 0;  ///< by the operand selectors
    std::uint64_t executed_macs = 0;
    std::uint64_t tensor_busy_cycles = 0;  ///< sub-core cycles with a slice in the multipliers

    std::optional<sm::LineProfile> profile;  ///< of the simulated SMs; unset: not asked for

    std::vector<sm::Timeline> timelines;         ///< of the SMs asked for; empty: of none
    std::vector<MemorySample> memory_samples{};  ///< of the same window, of the whole GPU

    std::uint64_t sm_cycles = 0;  ///< SM cycles covered: simulated SMs x cycles

    unsigned threads = 1;              ///< of the host
    std::string one_thread_because{};  ///< not empty: why it was not as many as asked for
};

}  // namespace sptc::gpu
