#include "traces/lowering/flow.hpp"

namespace sptc::lowering {

std::vector<RegisterSet> find_dominators(const Code& code) {
    const std::size_t count = code.blocks.size();
    std::vector<RegisterSet> dominators(count, RegisterSet(count));
    for (RegisterSet& set : dominators) set.insert_all();
    dominators[0] = RegisterSet(count);
    dominators[0].insert(0);
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t b = 1; b < count; ++b) {
            RegisterSet common(count);
            common.insert_all();
            for (const std::uint32_t from : code.blocks[b].predecessors) {
                common.intersect(dominators[from]);
            }
            common.insert(b);
            if (common == dominators[b]) continue;
            dominators[b] = std::move(common);
            changed = true;
        }
    }
    return dominators;
}

void step_back(const CodeOp& op, RegisterSet& live) {
    if (op.overwrites()) {
        for (const isa::RegisterId id : op.writes) live.erase(id);
    }
    for (const isa::RegisterId id : op.reads) live.insert(id);
}

Liveness find_liveness(const Code& code) {
    const std::size_t count = code.blocks.size();
    Liveness result;
    result.in.assign(count, RegisterSet(code.registers.size()));
    result.out = result.in;
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t b = count; b-- > 0;) {
            for (const std::uint32_t to : code.blocks[b].successors) {
                result.out[b].unite(result.in[to]);
            }
            RegisterSet live = result.out[b];
            const std::vector<CodeOp>& ops = code.blocks[b].ops;
            for (std::size_t i = ops.size(); i-- > 0;) step_back(ops[i], live);
            if (live == result.in[b]) continue;
            result.in[b] = std::move(live);
            changed = true;
        }
    }
    return result;
}

Uses::Uses(const Code& code) : writers(code.registers.size()), readers(code.registers.size()) {
    for (std::uint32_t b = 0; b < code.blocks.size(); ++b) {
        const std::vector<CodeOp>& ops = code.blocks[b].ops;
        for (std::uint32_t i = 0; i < ops.size(); ++i) {
            for (const isa::RegisterId id : ops[i].writes) writers[id].push_back({b, i});
            for (const isa::RegisterId id : ops[i].reads) readers[id].push_back({b, i});
        }
    }
}

}  // namespace sptc::lowering
