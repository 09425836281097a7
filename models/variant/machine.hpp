#pragma once
#include "models/variant/machine_spec.hpp"
#include "models/variant/strategy.hpp"

namespace sptc::variant {

/// What happened on a machine. Every cycle is in exactly one of the four buckets.
struct MachineResult {
    std::uint64_t busy_cycles = 0;        ///< the multiplier array works
    std::uint64_t fill_cycles = 0;        ///< before the first step
    std::uint64_t feed_stall_cycles = 0;  ///< between steps: operands of the next are not there
    std::uint64_t drain_cycles = 0;       ///< after the last step: D leaves to DRAM
    Needs total;                          ///< sums over the steps
    std::uint64_t dram_bits = 0;

    /// From the start of the first step to the end of the last: what a published study of the
    /// datapath counts.
    [[nodiscard]] std::uint64_t datapath_cycles() const { return busy_cycles + feed_stall_cycles; }
    [[nodiscard]] std::uint64_t cycles() const {
        return datapath_cycles() + fill_cycles + drain_cycles;
    }
};

/// Runs the steps: DRAM fills the shared memory, the feed moves the operands of a step into one of
/// two operand buffers, the array works on the other. `d`: where values go; nullptr when only
/// cycles are wanted.
[[nodiscard]] MachineResult run_machine(const MachineSpec& spec, StepSource& source,
                                        const Strategy& strategy, Int32Matrix* d);

}  // namespace sptc::variant
