// Code back into a Program.
#include "models/base/error.hpp"
#include "traces/lowering/code.hpp"
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/flow_order.hpp"
#include "traces/ptx/generic_twins.hpp"
#include "traces/ptx/machine_parts.hpp"

namespace sptc::lowering {
namespace {

/// Writes Code into a Program: registers that are still named get slots, blocks become indices.
class Builder {
  public:
    Builder(const Code& code, Program& program) : code_(code), program_(program) {}

    void name_registers() {
        std::vector<bool> used(code_.registers.size(), false);
        const auto use = [&](const std::vector<isa::RegisterId>& ids) {
            for (const isa::RegisterId id : ids) used[id] = true;
        };
        const auto use_part = [&](const CodePart& part) {
            for (const CodeOperand& operand : part.operands) {
                if (operand.is_register()) used[static_cast<std::size_t>(operand.value)] = true;
            }
        };
        for (const CodeBlock& block : code_.blocks) {
            for (const CodeOp& op : block.ops) {
                use(op.reads);
                use(op.writes);
                use_part(op);
                for (const CodePart& part : op.parts) use_part(part);
            }
        }
        for (const CodePart& part : code_.preloads) use_part(part);
        ids_.assign(code_.registers.size(), 0);
        for (std::size_t id = 0; id < used.size(); ++id) {
            if (!used[id]) continue;
            ids_[id] = static_cast<isa::RegisterId>(program_.registers.size());
            RegisterInfo info = code_.registers[id];
            if (info.slot >= 0) info.slot = static_cast<std::int32_t>(next_slot(info.width)++);
            program_.registers.push_back(info);
        }
    }

    void add_op(const CodeOp& op) {
        const std::uint32_t part_count = static_cast<std::uint32_t>(op.parts.size());
        Op placed = place(op);
        if (part_count != 0) {
            placed.first_part = static_cast<std::uint32_t>(program_.parts.size());
            placed.part_count = part_count;
            placed.handler = ptx::execute_parts;
            for (const CodePart& part : op.parts) program_.parts.push_back(place(part));
        }
        if (placed.space == Space::kGeneric) {
            placed.detail = static_cast<std::uint32_t>(program_.generic_twins.size());
            program_.generic_twins.emplace_back();
        }
        program_.pool_ranges.push_back({pool(op.reads), pool(op.address_reads), pool(op.writes)});
        program_.ops.push_back(placed);
        program_.instructions.push_back(op.instruction);
        program_.texts.push_back(op.text);
        program_.sources.push_back(op.source);
        program_.frame_accesses.push_back(op.frame_access);
        program_.machine_names.push_back(op.machine);
    }

    void add_preload(const CodePart& part) { program_.preloads.push_back(place(part)); }

    void set_spans() {
        const auto span = [&](ptx::PoolRange range) {
            return std::span<const isa::RegisterId>(program_.register_pool)
                .subspan(range.begin, range.size);
        };
        for (std::size_t i = 0; i < program_.ops.size(); ++i) {
            program_.instructions[i].reads = span(program_.pool_ranges[i].reads);
            program_.instructions[i].address_reads = span(program_.pool_ranges[i].address_reads);
            program_.instructions[i].writes = span(program_.pool_ranges[i].writes);
        }
    }

  private:
    [[nodiscard]] std::uint32_t& next_slot(Width width) {
        if (width == Width::kPredicate) return program_.predicate_count;
        return width == Width::k64 ? program_.count64 : program_.count32;
    }

    [[nodiscard]] std::int32_t slot(std::int32_t value) const {
        if (value < 0) return -1;
        if (value >= ptx::kConstant64) {
            return value - ptx::kConstant64 + static_cast<std::int32_t>(program_.count64);
        }
        if (value >= ptx::kConstant32) {
            return value - ptx::kConstant32 + static_cast<std::int32_t>(program_.count32);
        }
        return program_.registers[ids_[static_cast<std::size_t>(value)]].slot;
    }

    [[nodiscard]] Op place(const CodePart& part) {
        Op op = part.op;
        op.guard = slot(op.guard);
        op.address.base = slot(op.address.base);
        op.destination.base = slot(op.destination.base);
        op.first_operand = static_cast<std::uint32_t>(program_.operands.size());
        for (const CodeOperand& operand : part.operands) {
            program_.operands.push_back(operand.role.known ? slot(operand.value) : operand.value);
            program_.operand_roles.push_back(operand.role);
        }
        return op;
    }

    ptx::PoolRange pool(const std::vector<isa::RegisterId>& list) {
        const std::size_t begin = program_.register_pool.size();
        for (const isa::RegisterId id : list) program_.register_pool.push_back(ids_[id]);
        return {begin, list.size()};
    }

    const Code& code_;
    Program& program_;
    std::vector<isa::RegisterId> ids_;
};

}  // namespace

std::shared_ptr<Program> Code::build() const {
    auto program = std::make_shared<Program>();
    program->file = program_.file;
    program->entry = program_.entry;
    program->parameters = program_.parameters;
    program->parameter_bytes = program_.parameter_bytes;
    program->static_shared_bytes = program_.static_shared_bytes;
    program->functions = program_.functions;
    program->module_variables = program_.module_variables;
    program->constants = program_.constants;
    program->source_files = program_.source_files;
    program->frame_variables = program_.frame_variables;
    program->cvta_local = program_.cvta_local;
    program->constants32 = constants32_;
    program->constants64 = constants64_;
    program->estimated_registers = register_count;
    Builder builder(*this, *program);
    builder.name_registers();
    std::vector<std::uint32_t> begins;
    for (const CodeBlock& block : blocks) {
        begins.push_back(static_cast<std::uint32_t>(program->ops.size()));
        for (const CodeOp& op : block.ops) builder.add_op(op);
    }
    for (Op& op : program->ops) {
        if (op.control == Control::kBranch) op.target = begins[op.target];
    }
    for (const std::vector<std::uint32_t>& table : branch_tables) {
        std::vector<std::uint32_t>& targets = program->branch_tables.emplace_back();
        for (const std::uint32_t block : table) targets.push_back(begins[block]);
    }
    for (const CodePart& part : preloads) builder.add_preload(part);
    builder.set_spans();
    ptx::make_twins(*program);
    SPTC_ASSERT(program->functions.size() == 1);
    program->functions[0].begin = 0;
    program->functions[0].end = static_cast<std::uint32_t>(program->ops.size());
    program->functions[0].first_register = 0;
    program->functions[0].end_register = program->registers.size();
    ptx::order_flow(*program);
    return program;
}

}  // namespace sptc::lowering
