#include "traces/ptx/lowering_code.hpp"

#include <algorithm>
#include <map>

#include "models/base/error.hpp"
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/flow_order.hpp"
#include "traces/ptx/lowering_parts.hpp"
#include "traces/ptx/register_ids.hpp"

namespace sptc::ptx {
namespace {

/// Constants in Code, as while a program is decoded.
std::int32_t symbolic(const Program& program, Width width, std::int32_t slot) {
    return width == Width::k64 ? slot - static_cast<std::int32_t>(program.count64) + kConstant64
                               : slot - static_cast<std::int32_t>(program.count32) + kConstant32;
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
    std::vector<std::uint32_t> leaders;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (leader[i]) leaders.push_back(i);
    }
    return leaders;
}

}  // namespace

bool CodeOperand::is_constant() const { return role.known && value >= kConstant32; }

bool Code::understands(const Program& program) {
    const bool frames = program.needs_stacks() || program.cvta_local;
    if (frames || !program.generic_twins.empty() || program.carry_register >= 0) return false;
    for (const Op& op : program.ops) {
        const bool plain_control = op.control == Control::kNext || op.control == Control::kBranch ||
                                   op.control == Control::kExit;
        if (!plain_control || op.space == Space::kLocal || op.space == Space::kGeneric) return false;
    }
    for (std::size_t i = 0; i < program.operands.size(); ++i) {
        if (program.operands[i] != -1 && !program.operand_roles[i].known) return false;
    }
    return true;
}

Code::Code(const Program& program)
    : registers(program.registers),
      program_(program),
      constants32_(program.constants32),
      constants64_(program.constants64) {
    const RegisterIds ids(program);
    const std::vector<std::uint32_t> leaders = leaders_of(program);
    const auto name = [&](Width width, std::int32_t slot) {
        if (slot < 0) return slot;
        const std::int32_t id = ids.find(width, slot);
        return id >= 0 ? id : symbolic(program, width, slot);
    };
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
            if (op.op.control == Control::kBranch) {
                const auto found = std::lower_bound(leaders.begin(), leaders.end(), op.op.target);
                op.op.target = static_cast<std::uint32_t>(found - leaders.begin());
            }
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
    return kConstant32 + static_cast<std::int32_t>(index);
}

std::int32_t Code::constant64(std::uint64_t value) {
    const auto found = std::find(constants64_.begin(), constants64_.end(), value);
    const auto index = found - constants64_.begin();
    if (found == constants64_.end()) constants64_.push_back(value);
    return kConstant64 + static_cast<std::int32_t>(index);
}

std::uint64_t Code::constant(const CodeOperand& operand) const {
    SPTC_ASSERT(operand.is_constant());
    return operand.value >= kConstant64
               ? constants64_[static_cast<std::size_t>(operand.value - kConstant64)]
               : constants32_[static_cast<std::size_t>(operand.value - kConstant32)];
}

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
            placed.handler = execute_parts;
            for (const CodePart& part : op.parts) program_.parts.push_back(place(part));
        }
        program_.pool_ranges.push_back({pool(op.reads), pool(op.address_reads), pool(op.writes)});
        program_.ops.push_back(placed);
        program_.instructions.push_back(op.instruction);
        program_.texts.push_back(op.text);
        program_.sources.push_back(op.source);
        program_.frame_accesses.push_back(-1);
        program_.machine_names.push_back(op.machine);
    }

    void add_preload(const CodePart& part) { program_.preloads.push_back(place(part)); }

    void set_spans() {
        const auto span = [&](PoolRange range) {
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
        if (value >= kConstant64) {
            return value - kConstant64 + static_cast<std::int32_t>(program_.count64);
        }
        if (value >= kConstant32) {
            return value - kConstant32 + static_cast<std::int32_t>(program_.count32);
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

    PoolRange pool(const std::vector<isa::RegisterId>& list) {
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
    for (const CodePart& part : preloads) builder.add_preload(part);
    builder.set_spans();
    SPTC_ASSERT(program->functions.size() == 1);
    program->functions[0].begin = 0;
    program->functions[0].end = static_cast<std::uint32_t>(program->ops.size());
    program->functions[0].first_register = 0;
    program->functions[0].end_register = program->registers.size();
    order_flow(*program);
    return program;
}

void add_once(std::vector<isa::RegisterId>& ids, isa::RegisterId id) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

void drop_unread(CodeOp& op, isa::RegisterId id) {
    const bool address = op.op.address.base == id || op.op.destination.base == id;
    const bool data = std::any_of(op.operands.begin(), op.operands.end(),
                                  [id](const CodeOperand& operand) { return operand.reads(id); });
    if (!address) std::erase(op.address_reads, id);
    if (!address && !data && op.op.guard != id) std::erase(op.reads, id);
}

void replace_read(CodeOp& op, isa::RegisterId from, const CodeOperand& to) {
    for (CodeOperand& operand : op.operands) {
        if (operand.reads(from)) operand.value = to.value;
    }
    for (Address* address : {&op.op.address, &op.op.destination}) {
        if (address->base == from) address->base = to.value;
    }
    for (std::vector<isa::RegisterId>* list : {&op.reads, &op.address_reads}) {
        const auto found = std::find(list->begin(), list->end(), from);
        if (found == list->end()) continue;
        list->erase(found);
        if (!to.is_constant()) add_once(*list, static_cast<isa::RegisterId>(to.value));
    }
}

bool is_pure(const CodeOp& op) {
    using enum isa::Operation;
    if (op.op.control != Control::kNext || op.writes.empty()) return false;
    switch (op.instruction.operation) {
        case kIntegerAlu:
        case kIntegerMultiply:
        case kFloat32:
        case kFloat16:
        case kFloat64:
        case kConvert:
        case kSpecialFunction:
        case kReadSpecial:
        case kLoadParameter:
            return op.op.address.base < 0;
        default:
            return false;
    }
}

bool has_word(std::string_view text, std::string_view word) {
    while (true) {
        const auto end = text.find('.');
        if (text.substr(0, end) == word) return true;
        if (end == std::string_view::npos) return false;
        text.remove_prefix(end + 1);
    }
}

}  // namespace sptc::ptx
