#include "traces/lowering/code_op.hpp"

#include <algorithm>

#include "traces/ptx/decoder.hpp"

namespace sptc::lowering {

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

bool has_base_register(const CodeOp& op) {
    return op.op.address.base >= 0 && op.op.address.base < ptx::kConstant32;
}

bool is_pure(const CodeOp& op) {
    using enum isa::Operation;
    if (op.op.control != Control::kNext || op.writes.empty() || op.frame_access >= 0) return false;
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
            return !has_base_register(op);
        default:
            return false;
    }
}

}  // namespace sptc::lowering
