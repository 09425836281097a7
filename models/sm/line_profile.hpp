#pragma once
#include <cstdint>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/sm/activity.hpp"

namespace sptc::sm {

/// What the instructions of one PTX line did and cost.
struct LineCounts {
    std::uint64_t issues = 0;  ///< warp instructions
    /// Sub-core cycles in which the line was why nothing issued (the warp whose reason counted was
    /// to execute it next), and those in which it issued.
    ActivityCycles cycles{};
    std::uint64_t shared_wavefronts = 0;  ///< loads, stores, fills of cp.async
    std::uint64_t bank_conflicts = 0;     ///< of them, beyond what the bytes need
    std::uint64_t load_sectors = 0;       ///< of global memory, asked for
    std::uint64_t store_sectors = 0;
    std::uint32_t source_line = 0;  ///< that .loc names; 0: not known

    [[nodiscard]] std::uint64_t stall_cycles() const;
    void add(const LineCounts& other);
};

/// Counts by PTX line of the instructions that one SM executed; sums equal the SM's own counts.
class LineProfile {
  public:
    void issued(const isa::Instruction& instruction) {
        LineCounts& counts = at(instruction);
        ++counts.issues;
        ++counts.cycles[static_cast<std::size_t>(Activity::kIssued)];
    }
    /// `waiting` is the instruction whose warp named the reason; nullptr: there was no warp.
    void stalled(const isa::Instruction* waiting, Activity activity, std::uint64_t cycles) {
        LineCounts& counts = waiting == nullptr ? without_line_ : at(*waiting);
        counts.cycles[static_cast<std::size_t>(activity)] += cycles;
    }
    LineCounts& at(const isa::Instruction& instruction) {
        if (instruction.line >= lines_.size()) lines_.resize(instruction.line + 1);
        LineCounts& counts = lines_[instruction.line];
        counts.source_line = instruction.source_line;
        return counts;
    }

    void add(const LineProfile& other);

    /// By line number; lines without instructions hold zeros.
    [[nodiscard]] const std::vector<LineCounts>& lines() const { return lines_; }
    /// Cycles in which no warp was resident.
    [[nodiscard]] const LineCounts& without_line() const { return without_line_; }

  private:
    std::vector<LineCounts> lines_;
    LineCounts without_line_;
};

}  // namespace sptc::sm
