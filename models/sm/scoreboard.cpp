#include "models/sm/scoreboard.hpp"

namespace sptc::sm {

using base::Cycle;
using base::kNever;

void Scoreboard::reset(std::uint32_t registers) { entries_.assign(registers, Entry{}); }

Scoreboard::Readiness Scoreboard::readiness(const isa::Instruction& instruction) const {
    Readiness result;
    const auto wait_for = [&result](Cycle cycle, Activity reason) {
        if (cycle > result.cycle) result = {cycle, reason};
    };
    for (const isa::RegisterId id : instruction.reads) {
        wait_for(entries_[id].ready, entries_[id].reason);
    }
    for (const isa::RegisterId id : instruction.address_reads) {
        const Entry& entry = entries_[id];
        if (entry.reason == Activity::kFixedDependency && entry.ready != kNever &&
            entry.ready != 0) {
            wait_for(entry.ready + address_extra_cycles_, entry.reason);
        }
    }
    for (const isa::RegisterId id : instruction.writes) {
        wait_for(entries_[id].ready, entries_[id].reason);
        if (entries_[id].held_reads != 0) wait_for(kNever, Activity::kOperandRead);
    }
    return result;
}

void Scoreboard::set_ready(const isa::Instruction& instruction, Cycle cycle, Activity reason) {
    for (const isa::RegisterId id : instruction.writes) {
        entries_[id].ready = cycle;
        entries_[id].reason = reason;
    }
}

void Scoreboard::hold_reads(const isa::Instruction& instruction) {
    for (const isa::RegisterId id : instruction.reads) ++entries_[id].held_reads;
}

void Scoreboard::release_reads(const isa::Instruction& instruction) {
    for (const isa::RegisterId id : instruction.reads) --entries_[id].held_reads;
}

}  // namespace sptc::sm
