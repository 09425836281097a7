// Numbers for registers: which 32-bit registers of a thread hold each value. Linear scan over live
// ranges in program order, with aligned runs for vectors and fragments. Values that one operation
// reads go to different banks where they can: of 1980 operations with two source registers in what
// ptxas 13 makes of tests/kernels 20 % have both in one bank (by chance: half), of 361 with three
// 1 % have all (a quarter).
#include <algorithm>
#include <numeric>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/passes.hpp"

namespace sptc::lowering {
namespace {

constexpr std::uint32_t kRegisters = 255;   // R255 reads as zero
constexpr std::uint32_t kStackPointer = 1;  // ptxas keeps R1
constexpr std::uint32_t kLargestAlign = 4;  // of a 128-bit access or a fragment
constexpr std::uint32_t kBanks = 2;         // of sm_80: Huerta et al., MICRO 2025, section 5.3

/// Half steps of the program's order: an operation reads at 2 * i and writes at 2 * i + 1.
struct Range {
    std::uint32_t begin = UINT32_MAX;
    std::uint32_t end = 0;

    void extend(std::uint32_t at) {
        begin = std::min(begin, at);
        end = std::max(end, at + 1);
    }
    [[nodiscard]] bool meets(const Range& other) const {
        return begin < other.end && other.begin < end;
    }
};

std::vector<Range> find_ranges(const Code& code) {
    const Liveness liveness = find_liveness(code);
    std::vector<Range> ranges(code.registers.size());
    std::uint32_t at = 0;
    for (std::size_t b = 0; b < code.blocks.size(); ++b) {
        const std::uint32_t begin = at;
        for (const CodeOp& op : code.blocks[b].ops) {
            for (const isa::RegisterId id : op.reads) ranges[id].extend(at);
            for (const isa::RegisterId id : op.writes) ranges[id].extend(at + 1);
            at += 2;
        }
        if (at == begin) continue;
        for (std::size_t id = 0; id < ranges.size(); ++id) {
            if (liveness.in[b].contains(id)) ranges[id].extend(begin);
            if (liveness.out[b].contains(id)) ranges[id].extend(at - 1);
        }
    }
    return ranges;
}

/// Values that stand in consecutive registers, and how many registers each has.
struct Run {
    std::vector<isa::RegisterId> ids;
    std::uint32_t units = 1;
};

class Allocator {
  public:
    Allocator(Code& code, const std::vector<bool>& uniform)
        : code_(code),
          ranges_(find_ranges(code)),
          busy_(kRegisters),
          read_with_(code.registers.size()),
          placed_(code.registers.size(), false) {
        const Uses uses(code);
        for (std::size_t id = 0; id < code.registers.size(); ++id) {
            const bool elsewhere = uses.writers[id].empty() || (id < uniform.size() && uniform[id]);
            units_.push_back(elsewhere ? 0 : units_of(code.registers[id].width));
        }
        busy_[kStackPointer].push_back({0, UINT32_MAX});
        find_neighbours();
    }

    void run() {
        std::vector<Run> runs = make_runs();
        std::stable_sort(runs.begin(), runs.end(),
                         [&](const Run& a, const Run& b) { return begin_of(a) < begin_of(b); });
        for (const Run& each : runs) place(each);
    }

  private:
    static std::uint8_t units_of(Width width) {
        return width == Width::kPredicate ? 0 : width == Width::k64 ? 2 : 1;
    }

    [[nodiscard]] std::uint32_t begin_of(const Run& run) const {
        std::uint32_t begin = UINT32_MAX;
        for (const isa::RegisterId id : run.ids) begin = std::min(begin, ranges_[id].begin);
        return begin;
    }

    std::vector<Run> make_runs() const {
        std::vector<Run> runs;
        std::vector<bool> taken(code_.registers.size(), false);
        for (const std::vector<isa::RegisterId>& ids : code_.runs) {
            const bool alike = std::all_of(ids.begin(), ids.end(), [&](isa::RegisterId id) {
                return units_[id] != 0 && units_[id] == units_[ids[0]] && !taken[id];
            });
            if (!alike) continue;
            for (const isa::RegisterId id : ids) taken[id] = true;
            runs.push_back({ids, units_[ids[0]]});
        }
        for (std::size_t id = 0; id < taken.size(); ++id) {
            if (taken[id] || units_[id] == 0 || ranges_[id].end == 0) continue;
            runs.push_back({{static_cast<isa::RegisterId>(id)}, units_[id]});
        }
        return runs;
    }

    [[nodiscard]] bool fits(const Run& run, std::uint32_t base) const {
        for (std::size_t i = 0; i < run.ids.size(); ++i) {
            for (std::uint32_t unit = 0; unit < run.units; ++unit) {
                const auto& busy = busy_[base + i * run.units + unit];
                const Range& range = ranges_[run.ids[i]];
                if (std::any_of(busy.begin(), busy.end(),
                                [&](const Range& other) { return other.meets(range); })) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Single registers that operations read together. A memory operation takes its time to read,
    /// and a pair has a register in either bank.
    void find_neighbours() {
        for (const CodeBlock& block : code_.blocks) {
            for (const CodeOp& op : block.ops) {
                if (isa::is_memory(op.instruction.operation)) continue;
                for (const isa::RegisterId id : op.reads) {
                    for (const isa::RegisterId other : op.reads) {
                        if (id != other && units_[id] == 1 && units_[other] == 1)
                            read_with_[id].push_back(other);
                    }
                }
            }
        }
    }

    /// How many operations would read the value and another of the bank that `base` is in?
    [[nodiscard]] std::size_t conflicts(isa::RegisterId id, std::uint32_t base) const {
        return static_cast<std::size_t>(
            std::count_if(read_with_[id].begin(), read_with_[id].end(), [&](isa::RegisterId other) {
                return placed_[other] &&
                       code_.registers[other].physical.first % kBanks == base % kBanks;
            }));
    }

    [[nodiscard]] std::uint32_t first_free(const Run& run, std::uint32_t base,
                                           std::uint32_t step) const {
        const auto size = static_cast<std::uint32_t>(run.ids.size()) * run.units;
        while (base + size <= kRegisters && !fits(run, base)) base += step;
        return base;
    }

    /// The first aligned place that is free; for a single register in the bank of fewer conflicts.
    [[nodiscard]] std::uint32_t find_place(const Run& run, std::uint32_t align) const {
        const std::uint32_t base = first_free(run, 0, align);
        if (align != 1) return base;
        const std::uint32_t other = first_free(run, base + 1, kBanks);
        if (other >= kRegisters) return base;
        const isa::RegisterId id = run.ids[0];
        return conflicts(id, other) < conflicts(id, base) ? other : base;
    }

    /// What finds no place shares the next one in turn, as a value would that ptxas spills or
    /// computes again.
    void place(const Run& run) {
        const auto size = static_cast<std::uint32_t>(run.ids.size()) * run.units;
        const std::uint32_t align = std::min(size, kLargestAlign);
        std::uint32_t base = find_place(run, align);
        if (base + size > kRegisters) {
            base = next_shared_ / align * align;
            if (base + size > kRegisters) base = 0;
            next_shared_ = base + size;
        }
        for (std::size_t i = 0; i < run.ids.size(); ++i) {
            const auto first = static_cast<std::uint8_t>(base + i * run.units);
            code_.registers[run.ids[i]].physical = {first, static_cast<std::uint8_t>(run.units)};
            placed_[run.ids[i]] = true;
            for (std::uint32_t unit = 0; unit < run.units; ++unit) {
                busy_[first + unit].push_back(ranges_[run.ids[i]]);
            }
        }
    }

    Code& code_;
    std::vector<Range> ranges_;
    std::vector<std::uint8_t> units_;
    std::vector<std::vector<Range>> busy_;  ///< by register
    std::vector<std::vector<isa::RegisterId>> read_with_;
    std::vector<bool> placed_;
    std::uint32_t next_shared_ = 0;
};

}  // namespace

void allocate_registers(Code& code, const std::vector<bool>& uniform) {
    Allocator(code, uniform).run();
}

}  // namespace sptc::lowering
