#include <algorithm>
#include <array>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/passes.hpp"
#include "traces/ptx/special_registers.hpp"

namespace sptc::lowering {
namespace {

/// Special registers that are the same for all threads of a launch; ptxas reads them from the
/// constant bank.
bool reads_launch_extent(const CodeOp& op) {
    static constexpr std::array<std::string_view, 6> kNames{"%ntid.x",   "%ntid.y",   "%ntid.z",
                                                            "%nctaid.x", "%nctaid.y", "%nctaid.z"};
    if (op.instruction.operation != isa::Operation::kReadSpecial || op.operands.size() != 1) {
        return false;
    }
    return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) {
        const ptx::SpecialRegister* special = ptx::find_special_register(name);
        return special != nullptr && ptx::special_register_index(*special) == op.op.modifier;
    });
}

bool is_parameter(const CodeOp& op) {
    return op.instruction.operation == isa::Operation::kLoadParameter && !has_base_register(op) &&
           op.op.space == Space::kParameter;
}

}  // namespace

void fold_parameters(Code& code) {
    const Uses uses(code);
    const std::vector<RegisterSet> dominators = find_dominators(code);
    std::vector<bool> constant_bank(code.registers.size(), false);
    /// One operand of an operation may be an immediate or in the constant bank.
    const auto takes = [&](const CodeOp& op, isa::RegisterId id) {
        if (!is_pure(op) || op.op.guard == id) return false;
        for (const CodeOperand& operand : op.operands) {
            const bool immediate = operand.is_constant() && code.constant(operand) != 0;
            const bool bank = operand.is_register() && !operand.role.write && operand.value != id &&
                              constant_bank[static_cast<std::size_t>(operand.value)];
            if (immediate || bank) return false;
        }
        return true;
    };
    for (std::uint32_t b = 0; b < code.blocks.size(); ++b) {
        for (std::uint32_t i = 0; i < code.blocks[b].ops.size(); ++i) {
            const CodeOp& op = code.blocks[b].ops[i];
            if (op.guarded() || !op.parts.empty()) continue;
            if (!is_parameter(op) && !reads_launch_extent(op)) continue;
            const bool folds =
                std::all_of(op.writes.begin(), op.writes.end(), [&](isa::RegisterId id) {
                    if (uses.writers[id].size() != 1) return false;
                    return std::all_of(
                        uses.readers[id].begin(), uses.readers[id].end(), [&](const Place& reader) {
                            const bool after = reader.block == b
                                                   ? reader.index > i
                                                   : dominators[reader.block].contains(b);
                            return after && takes(code.blocks[reader.block].ops[reader.index], id);
                        });
                });
            if (!folds) continue;
            for (const isa::RegisterId id : op.writes) constant_bank[id] = true;
            code.preloads.push_back(op);
        }
    }
    for (CodeBlock& block : code.blocks) {
        std::erase_if(block.ops, [&](const CodeOp& op) {
            return !op.writes.empty() && (is_parameter(op) || reads_launch_extent(op)) &&
                   std::all_of(op.writes.begin(), op.writes.end(),
                               [&](isa::RegisterId id) { return constant_bank[id]; });
        });
    }
}

}  // namespace sptc::lowering
