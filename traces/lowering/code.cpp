#include "traces/lowering/code.hpp"

#include <algorithm>

#include "models/base/error.hpp"
#include "traces/lowering/operation_name.hpp"
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/register_ids.hpp"

namespace sptc::lowering {
namespace {

/// Constants in Code, as while a program is decoded.
std::int32_t symbolic(const Program& program, Width width, std::int32_t slot) {
    return width == Width::k64
               ? slot - static_cast<std::int32_t>(program.count64) + ptx::kConstant64
               : slot - static_cast<std::int32_t>(program.count32) + ptx::kConstant32;
}

std::size_t operand_end(const Program& program, std::size_t op) {
    return op + 1 < program.ops.size() ? program.ops[op + 1].first_operand
                                       : program.operands.size();
}

std::vector<std::uint32_t> leaders_of(const Program& program) {
    const std::size_t count = program.ops.size();
    std::vector<bool> leader(count + 1, false);
    leader[0] = true;
    for (std::size_t i = 0; i < count; ++i) {
        const Op& op = program.ops[i];
        if (op.control == Control::kNext) continue;
        leader[i + 1] = true;
        if (op.control == Control::kBranch) leader[op.target] = true;
    }
    for (const std::vector<std::uint32_t>& table : program.branch_tables) {
        for (const std::uint32_t target : table) leader[target] = true;
    }
    std::vector<std::uint32_t> leaders;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (leader[i]) leaders.push_back(i);
    }
    return leaders;
}

}  // namespace

bool CodeOperand::is_constant() const { return role.known && value >= ptx::kConstant32; }

Code::Code(const Program& program)
    : registers(program.registers),
      program_(program),
      constants32_(program.constants32),
      constants64_(program.constants64) {
    const ptx::RegisterIds ids(program);
    const std::vector<std::uint32_t> leaders = leaders_of(program);
    const auto name = [&](Width width, std::int32_t slot) {
        if (slot < 0) return slot;
        const std::int32_t id = ids.find(width, slot);
        return id >= 0 ? id : symbolic(program, width, slot);
    };
    const auto block_at = [&](std::uint32_t op) {
        const auto found = std::lower_bound(leaders.begin(), leaders.end(), op);
        return static_cast<std::uint32_t>(found - leaders.begin());
    };
    for (const std::vector<std::uint32_t>& table : program.branch_tables) {
        std::vector<std::uint32_t>& targets = branch_tables.emplace_back();
        for (const std::uint32_t target : table) targets.push_back(block_at(target));
    }
    OperationNames names;
    for (std::size_t b = 0; b < leaders.size(); ++b) {
        const auto end = b + 1 < leaders.size() ? leaders[b + 1]
                                                : static_cast<std::uint32_t>(program.ops.size());
        CodeBlock block;
        for (std::uint32_t i = leaders[b]; i < end; ++i) {
            CodeOp op;
            op.op = program.ops[i];
            op.instruction = program.instructions[i];
            op.text = program.texts[i];
            op.source = program.sources[i];
            op.frame_access = program.frame_accesses[i];
            op.reads.assign(op.instruction.reads.begin(), op.instruction.reads.end());
            op.address_reads.assign(op.instruction.address_reads.begin(),
                                    op.instruction.address_reads.end());
            op.writes.assign(op.instruction.writes.begin(), op.instruction.writes.end());
            op.op.guard = name(Width::kPredicate, op.op.guard);
            for (Address* address : {&op.op.address, &op.op.destination}) {
                address->base = name(address->wide ? Width::k64 : Width::k32, address->base);
            }
            for (std::size_t j = op.op.first_operand; j < operand_end(program, i); ++j) {
                CodeOperand operand{program.operands[j], program.operand_roles[j]};
                if (operand.role.known) operand.value = name(operand.role.width, operand.value);
                op.operands.push_back(operand);
            }
            op.name = names.of(op);
            if (op.op.control == Control::kBranch) op.op.target = block_at(op.op.target);
            block.ops.push_back(std::move(op));
        }
        blocks.push_back(std::move(block));
    }
    link();
}

void Code::link() {
    for (CodeBlock& block : blocks) {
        block.successors.clear();
        block.predecessors.clear();
    }
    for (std::uint32_t b = 0; b < blocks.size(); ++b) {
        const auto add = [&](std::uint32_t to) {
            blocks[b].successors.push_back(to);
            blocks[to].predecessors.push_back(b);
        };
        const bool empty = blocks[b].ops.empty();
        const Op last = empty ? Op{} : blocks[b].ops.back().op;
        const bool falls_through = last.control == Control::kNext || last.guard >= 0;
        if (falls_through && b + 1 < blocks.size()) add(b + 1);
        if (last.control == Control::kBranch) add(last.target);
        if (last.control != Control::kIndexed) continue;
        std::vector<std::uint32_t> targets = branch_tables[last.detail];
        std::sort(targets.begin(), targets.end());
        targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
        for (const std::uint32_t target : targets) add(target);
    }
}

isa::RegisterId Code::timing_register(Width width) {
    registers.push_back({"", width, -1});
    SPTC_ASSERT(registers.size() < UINT16_MAX);
    return static_cast<isa::RegisterId>(registers.size() - 1);
}

isa::RegisterId Code::new_register(const RegisterInfo& like) {
    registers.push_back(like);
    SPTC_ASSERT(registers.size() < UINT16_MAX);
    return static_cast<isa::RegisterId>(registers.size() - 1);
}

std::int32_t Code::constant32(std::uint32_t value) {
    const auto found = std::find(constants32_.begin(), constants32_.end(), value);
    const auto index = found - constants32_.begin();
    if (found == constants32_.end()) constants32_.push_back(value);
    return ptx::kConstant32 + static_cast<std::int32_t>(index);
}

std::int32_t Code::constant64(std::uint64_t value) {
    const auto found = std::find(constants64_.begin(), constants64_.end(), value);
    const auto index = found - constants64_.begin();
    if (found == constants64_.end()) constants64_.push_back(value);
    return ptx::kConstant64 + static_cast<std::int32_t>(index);
}

std::uint64_t Code::constant(const CodeOperand& operand) const {
    SPTC_ASSERT(operand.is_constant());
    return operand.value >= ptx::kConstant64
               ? constants64_[static_cast<std::size_t>(operand.value - ptx::kConstant64)]
               : constants32_[static_cast<std::size_t>(operand.value - ptx::kConstant32)];
}

}  // namespace sptc::lowering
