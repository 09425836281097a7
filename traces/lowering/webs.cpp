#include <map>
#include <numeric>

#include "traces/lowering/flow.hpp"

namespace sptc::lowering {
namespace {

/// Definitions: number id < registers is "never written" of that register, then every write.
class Webs {
  public:
    explicit Webs(Code& code) : code_(code), register_count_(code.registers.size()) {
        for (std::size_t id = 0; id < register_count_; ++id) {
            register_of_.push_back(static_cast<isa::RegisterId>(id));
        }
        for (const CodeBlock& block : code.blocks) {
            first_definition_.push_back(register_of_.size());
            for (const CodeOp& op : block.ops) {
                for (const isa::RegisterId id : op.writes) register_of_.push_back(id);
            }
        }
        parent_.resize(register_of_.size());
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
        by_register_.resize(register_count_);
        for (std::size_t d = 0; d < register_of_.size(); ++d) {
            by_register_[register_of_[d]].push_back(d);
        }
    }

    void run() {
        find_reaching();
        for (std::size_t b = 0; b < code_.blocks.size(); ++b) join(b);
        for (std::size_t b = 0; b < code_.blocks.size(); ++b) rename(b);
    }

  private:
    using Current = std::vector<std::vector<std::size_t>>;  ///< definitions by register

    std::size_t find(std::size_t d) {
        while (parent_[d] != d) d = parent_[d] = parent_[parent_[d]];
        return d;
    }
    void unite(std::size_t a, std::size_t b) {
        a = find(a);
        b = find(b);
        // The smallest stands for the web: renaming is then the same in every run.
        parent_[std::max(a, b)] = std::min(a, b);
    }

    void find_reaching() {
        const std::size_t definitions = register_of_.size();
        reaching_.assign(code_.blocks.size(), RegisterSet(definitions));
        std::vector<RegisterSet> out(code_.blocks.size(), RegisterSet(definitions));
        for (std::size_t id = 0; id < register_count_; ++id) reaching_[0].insert(id);
        for (bool changed = true; changed;) {
            changed = false;
            for (std::size_t b = 0; b < code_.blocks.size(); ++b) {
                for (const std::uint32_t from : code_.blocks[b].predecessors) {
                    reaching_[b].unite(out[from]);
                }
                RegisterSet now = reaching_[b];
                std::size_t d = first_definition_[b];
                for (const CodeOp& op : code_.blocks[b].ops) {
                    for (const isa::RegisterId id : op.writes) {
                        if (!op.guarded()) {
                            for (const std::size_t other : by_register_[id]) now.erase(other);
                        }
                        now.insert(d++);
                    }
                }
                if (now == out[b]) continue;
                out[b] = std::move(now);
                changed = true;
            }
        }
    }

    /// Definitions that reach each point of a block; `visit(op, current, first)` before each
    /// operation, where `first` is the number of its first own definition.
    template <class Visit>
    void walk(std::size_t b, Visit&& visit) {
        std::map<isa::RegisterId, std::vector<std::size_t>> changed;
        std::size_t d = first_definition_[b];
        const auto current = [&](isa::RegisterId id) {
            if (const auto found = changed.find(id); found != changed.end()) return found->second;
            std::vector<std::size_t> list;
            for (const std::size_t other : by_register_[id]) {
                if (reaching_[b].contains(other)) list.push_back(other);
            }
            return list;
        };
        for (CodeOp& op : code_.blocks[b].ops) {
            const std::vector<isa::RegisterId> writes = op.writes;
            const bool guarded = op.guarded();
            visit(op, current, d);
            for (const isa::RegisterId id : writes) {
                std::vector<std::size_t> list;
                if (guarded) list = current(id);
                list.push_back(d++);
                changed[id] = std::move(list);
            }
        }
    }

    void join(std::size_t b) {
        walk(b, [&](const CodeOp& op, const auto& current, std::size_t first) {
            for (const isa::RegisterId id : op.reads) {
                const std::vector<std::size_t> list = current(id);
                for (const std::size_t d : list) unite(list.front(), d);
            }
            if (!op.guarded()) return;
            for (std::size_t i = 0; i < op.writes.size(); ++i) {
                for (const std::size_t d : current(op.writes[i])) unite(first + i, d);
            }
        });
    }

    isa::RegisterId name(std::size_t d) {
        const std::size_t web = find(d);
        const auto found = names_.find(web);
        if (found != names_.end()) return found->second;
        // The first web of a register keeps its name.
        const isa::RegisterId old = register_of_[web];
        const bool taken = taken_.size() > old && taken_[old];
        if (taken_.size() <= old) taken_.resize(register_count_, false);
        taken_[old] = true;
        const isa::RegisterId id = taken ? code_.new_register(code_.registers[old]) : old;
        names_.emplace(web, id);
        return id;
    }

    void rename(std::size_t b) {
        walk(b, [&](CodeOp& op, const auto& current, std::size_t first) {
            std::map<std::int32_t, isa::RegisterId> reads;
            std::map<std::int32_t, isa::RegisterId> writes;
            for (const isa::RegisterId id : op.reads) {
                const std::vector<std::size_t> list = current(id);
                // Code that nothing reaches has no definition.
                reads[id] = list.empty() ? id : name(list.front());
            }
            for (std::size_t i = 0; i < op.writes.size(); ++i) {
                writes[op.writes[i]] = name(first + i);
            }
            for (CodeOperand& operand : op.operands) {
                if (!operand.is_register()) continue;
                operand.value = (operand.role.write ? writes : reads).at(operand.value);
            }
            for (std::int32_t* place :
                 {&op.op.guard, &op.op.address.base, &op.op.destination.base}) {
                if (const auto found = reads.find(*place); found != reads.end()) {
                    *place = found->second;
                }
            }
            for (isa::RegisterId& id : op.reads) id = reads.at(id);
            for (isa::RegisterId& id : op.address_reads) id = reads.at(id);
            for (isa::RegisterId& id : op.writes) id = writes.at(id);
        });
    }

    Code& code_;
    std::size_t register_count_;
    std::vector<isa::RegisterId> register_of_;   ///< by definition
    std::vector<std::size_t> first_definition_;  ///< by block
    std::vector<std::vector<std::size_t>> by_register_;
    std::vector<RegisterSet> reaching_;  ///< by block: definitions that reach its begin
    std::vector<std::size_t> parent_;
    std::map<std::size_t, isa::RegisterId> names_;  ///< by web
    std::vector<bool> taken_;
};

}  // namespace

void split_webs(Code& code) { Webs(code).run(); }

}  // namespace sptc::lowering
