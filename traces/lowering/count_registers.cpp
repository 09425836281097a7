#include <algorithm>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/passes.hpp"
#include "traces/ptx/liveness.hpp"

namespace sptc::lowering {
namespace {

/// Registers beside values: the stack pointer R1, and one more (fitted: `ptxas -v` of generated
/// GEMMs).
constexpr std::uint32_t kReservedRegisters = 2;
/// The fewest that a kernel is counted with (`ptxas -v` 13.0 of an empty kernel, sm_80).
constexpr std::uint32_t kFewestRegisters = 4;

std::uint32_t units(Width width) {
    return width == Width::kPredicate ? 0 : width == Width::k64 ? 2 : 1;
}

/// By block: registers that may have been written on some way to its begin. Before its first
/// possible write nothing has a value to keep.
std::vector<RegisterSet> find_written(const Code& code) {
    std::vector<RegisterSet> in(code.blocks.size(), RegisterSet(code.registers.size()));
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t b = 0; b < code.blocks.size(); ++b) {
            RegisterSet out = in[b];
            for (const CodeOp& op : code.blocks[b].ops) {
                for (const isa::RegisterId id : op.writes) out.insert(id);
            }
            for (const std::uint32_t to : code.blocks[b].successors) {
                RegisterSet united = in[to];
                united.unite(out);
                if (united == in[to]) continue;
                in[to] = std::move(united);
                changed = true;
            }
        }
    }
    return in;
}

}  // namespace

void count_registers(Code& code, const std::vector<bool>& uniform) {
    const Liveness liveness = find_liveness(code);
    const Uses uses(code);
    const std::vector<RegisterSet> written = find_written(code);
    // What nothing writes stands in a constant bank (or is zero, which is a register of its own).
    const auto cost = [&](std::size_t id) {
        const bool elsewhere = uses.writers[id].empty() || (id < uniform.size() && uniform[id]);
        return elsewhere ? 0 : units(code.registers[id].width);
    };
    std::uint32_t most = 0;
    for (std::size_t b = 0; b < code.blocks.size(); ++b) {
        const std::vector<CodeOp>& ops = code.blocks[b].ops;
        std::vector<std::size_t> first_write(code.registers.size(), ops.size());
        for (std::size_t i = ops.size(); i-- > 0;) {
            for (const isa::RegisterId id : ops[i].writes) first_write[id] = i;
        }
        RegisterSet live(code.registers.size());
        std::uint32_t count = 0;
        const auto add = [&](std::size_t id, std::size_t before) {
            if (live.contains(id)) return;
            if (!written[b].contains(id) && first_write[id] >= before) return;
            live.insert(id);
            count += cost(id);
        };
        for (std::size_t id = 0; id < code.registers.size(); ++id) {
            if (liveness.out[b].contains(id)) add(id, ops.size());
        }
        most = std::max(most, count);
        for (std::size_t i = ops.size(); i-- > 0;) {
            for (const isa::RegisterId id : ops[i].writes) {
                const bool first = first_write[id] == i && !written[b].contains(id);
                if ((!ops[i].overwrites() && !first) || !live.contains(id)) continue;
                live.erase(id);
                count -= cost(id);
            }
            for (const isa::RegisterId id : ops[i].reads) add(id, i);
            most = std::max(most, count);
        }
    }
    code.register_count =
        std::clamp(most + kReservedRegisters, kFewestRegisters, ptx::kMaximumRegisters);
}

}  // namespace sptc::lowering
