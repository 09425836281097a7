#pragma once
#include <cstdint>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/isa/instruction.hpp"
#include "models/sm/activity.hpp"

namespace sptc::sm {

/// When one warp's registers can be read and written. Part of a sub-core, one per warp slot.
class Scoreboard {
  public:
    /// Earliest issue of an instruction, and what it waits for until then. kNever: some result or
    /// operand read has no known time yet.
    struct Readiness {
        base::Cycle cycle = 0;
        Activity reason = Activity::kFixedDependency;
    };

    explicit Scoreboard(base::Cycle address_extra_cycles)
        : address_extra_cycles_(address_extra_cycles) {}

    /// A new warp: all registers ready.
    void reset(std::uint32_t registers);

    [[nodiscard]] Readiness readiness(const isa::Instruction& instruction) const;

    /// The results of an instruction become readable at a known cycle.
    void set_ready(const isa::Instruction& instruction, base::Cycle cycle, Activity reason);

    /// The results of an instruction come at a time not yet known.
    void set_pending(const isa::Instruction& instruction, Activity reason) {
        set_ready(instruction, base::kNever, reason);
    }

    /// A memory instruction reads its registers some time after issue; until then they must not be
    /// overwritten.
    void hold_reads(const isa::Instruction& instruction);
    void release_reads(const isa::Instruction& instruction);

  private:
    struct Entry {
        base::Cycle ready = 0;
        Activity reason = Activity::kFixedDependency;
        std::uint8_t held_reads = 0;
    };
    base::Cycle address_extra_cycles_;
    std::vector<Entry> entries_;
};

}  // namespace sptc::sm
