#include <algorithm>
#include <map>
#include <optional>

#include "traces/lowering/passes.hpp"

namespace sptc::lowering {
namespace {

/// Where a register stands in the run of registers that one operation writes.
struct Home {
    std::uint32_t run = 0;
    std::uint32_t position = 0;
};

using Tuple = std::vector<isa::RegisterId>;

class Gatherer {
  public:
    explicit Gatherer(Code& code) : code_(code) {}

    void run() {
        for (const CodeBlock& block : code_.blocks) {
            for (const CodeOp& op : block.ops) settle(op);
        }
        find_loops();
        for (block_ = 0; block_ < code_.blocks.size(); ++block_) {
            CodeBlock& block = code_.blocks[block_];
            copies_.clear();
            std::vector<CodeOp> ops;
            for (CodeOp& op : block.ops) {
                if (op.instruction.mma != nullptr) gather(op, ops);
                forget(op);
                ops.push_back(std::move(op));
            }
            block.ops = std::move(ops);
        }
        for (auto& [block, moves] : hoisted_moves_) {
            std::vector<CodeOp>& ops = code_.blocks[block].ops;
            const bool ends = !ops.empty() && ops.back().op.control != Control::kNext;
            ops.insert(ends ? ops.end() - 1 : ops.end(), moves.begin(), moves.end());
        }
    }

  private:
    /// Blocks [begin, end] of a loop that is entered from the block before it.
    struct Loop {
        std::uint32_t begin;
        std::uint32_t end;
        RegisterSet written;
    };

    /// Outer loops come first.
    void find_loops() {
        for (std::uint32_t b = 0; b < code_.blocks.size(); ++b) {
            for (const std::uint32_t to : code_.blocks[b].successors) {
                if (to > b || to == 0) continue;
                Loop loop{to, b, RegisterSet(code_.registers.size())};
                for (std::uint32_t i = to; i <= b; ++i) {
                    for (const CodeOp& op : code_.blocks[i].ops) {
                        for (const isa::RegisterId id : op.writes) loop.written.insert(id);
                    }
                }
                loops_.push_back(std::move(loop));
            }
        }
        std::stable_sort(loops_.begin(), loops_.end(), [](const Loop& a, const Loop& b) {
            return a.end - a.begin > b.end - b.begin;
        });
    }

    /// The outermost loop around this block in which the tuple does not change, or nullptr.
    [[nodiscard]] const Loop* invariant_loop(const Tuple& tuple) const {
        for (const Loop& loop : loops_) {
            if (block_ < loop.begin || block_ > loop.end) continue;
            if (std::none_of(tuple.begin(), tuple.end(),
                             [&](isa::RegisterId id) { return loop.written.contains(id); })) {
                return &loop;
            }
        }
        return nullptr;
    }

    /// Vector results and accumulators stand in consecutive registers.
    void settle(const CodeOp& op) {
        Tuple written;
        for (const CodeOperand& operand : op.operands) {
            if (operand.is_register() && operand.role.write) {
                written.push_back(static_cast<isa::RegisterId>(operand.value));
            }
        }
        const bool vector =
            op.instruction.mma != nullptr || isa::is_memory(op.instruction.operation);
        if (vector && written.size() > 1) place(written);
    }

    void place(const Tuple& tuple) {
        for (const isa::RegisterId id : tuple) {
            if (homes_.contains(id)) return;
        }
        for (std::uint32_t i = 0; i < tuple.size(); ++i) homes_[tuple[i]] = {next_run_, i};
        ++next_run_;
        code_.runs.push_back(tuple);
    }

    /// Do these registers stand one after another at a multiple of their number?
    [[nodiscard]] bool stands(const Tuple& tuple) {
        const bool any = std::any_of(tuple.begin(), tuple.end(),
                                     [&](isa::RegisterId id) { return homes_.contains(id); });
        if (!any) {
            Tuple sorted = tuple;
            std::sort(sorted.begin(), sorted.end());
            if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return false;
            place(tuple);
        }
        for (std::uint32_t i = 0; i < tuple.size(); ++i) {
            const auto home = homes_.find(tuple[i]);
            const auto first = homes_.find(tuple[0]);
            if (home == homes_.end() || home->second.run != first->second.run) return false;
            if (home->second.position != first->second.position + i) return false;
        }
        return homes_.at(tuple[0]).position % tuple.size() == 0;
    }

    void gather(CodeOp& op, std::vector<CodeOp>& out) {
        const isa::MmaForm& form = *op.instruction.mma;
        if (form.dot == isa::DotKind::kF64) return;  // each register is a pair already
        if (form.extended()) return;  // made up: it names runs of registers, as its loads fill them
        std::size_t next = static_cast<std::size_t>(form.d_registers());
        for (const int count : {form.a_registers(), form.b_registers()}) {
            Tuple tuple;
            for (int i = 0; i < count; ++i, ++next) {
                if (!op.operands[next].is_register()) return;
                tuple.push_back(static_cast<isa::RegisterId>(op.operands[next].value));
            }
            if (tuple.size() < 2 || stands(tuple)) continue;
            if (const Loop* loop = invariant_loop(tuple)) {
                // Made once, before the loop.
                read_copy(tuple, op, hoisted_[{loop->begin, tuple}],
                          hoisted_moves_[loop->begin - 1]);
            } else {
                read_copy(tuple, op, copies_[tuple], out);
            }
        }
    }

    /// The run in which some of the tuple already stand at their places, or -1.
    [[nodiscard]] std::int64_t best_run(const Tuple& tuple) const {
        for (std::uint32_t i = 0; i < tuple.size(); ++i) {
            const auto home = homes_.find(tuple[i]);
            if (home != homes_.end() && home->second.position % tuple.size() == i) {
                return home->second.run;
            }
        }
        return -1;
    }

    /// Reads the tuple where moves have put what did not stand at its place. What stood there has
    /// to go first, so a run that is kept costs two moves a register.
    void read_copy(const Tuple& tuple, CodeOp& op, Tuple& copy, std::vector<CodeOp>& out) {
        if (copy.empty()) {
            const std::int64_t run = best_run(tuple);
            for (std::uint32_t i = 0; i < tuple.size(); ++i) {
                const auto home = homes_.find(tuple[i]);
                const bool stays = home != homes_.end() && home->second.run == run &&
                                   home->second.position % tuple.size() == i;
                if (stays) continue;
                isa::RegisterId from = tuple[i];
                for (int moves = run < 0 ? 1 : 2; moves > 0; --moves) from = move(op, from, out);
                copy.push_back(from);
            }
        }
        for (const isa::RegisterId id : copy) add_once(op.reads, id);
    }

    isa::RegisterId move(const CodeOp& op, isa::RegisterId from, std::vector<CodeOp>& out) {
        CodeOp added;
        added.instruction.line = op.instruction.line;
        added.text = op.text + " (fragment)";
        added.machine = "MOV";
        added.timing = true;
        added.reads = {from};
        added.writes = {code_.timing_register(Width::k32)};
        out.push_back(added);
        return added.writes[0];
    }

    /// Copies of what an operation writes are out of date.
    void forget(const CodeOp& op) {
        std::erase_if(copies_, [&](const auto& entry) {
            return std::any_of(op.writes.begin(), op.writes.end(), [&](isa::RegisterId id) {
                return std::find(entry.first.begin(), entry.first.end(), id) != entry.first.end();
            });
        });
    }

    Code& code_;
    std::map<isa::RegisterId, Home> homes_;
    std::uint32_t next_run_ = 0;
    std::uint32_t block_ = 0;  ///< that is gone through
    std::map<Tuple, Tuple> copies_;
    std::vector<Loop> loops_;
    std::map<std::pair<std::uint32_t, Tuple>, Tuple> hoisted_;    ///< by loop and tuple
    std::map<std::uint32_t, std::vector<CodeOp>> hoisted_moves_;  ///< by the block they end
};

}  // namespace

void gather_fragments(Code& code) { Gatherer(code).run(); }

}  // namespace sptc::lowering
