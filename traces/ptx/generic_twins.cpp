#include "traces/ptx/generic_twins.hpp"

namespace sptc::ptx {
namespace {

isa::Operation shared_operation(isa::Operation global) {
    switch (global) {
        case isa::Operation::kLoadGlobal:
            return isa::Operation::kLoadShared;
        case isa::Operation::kStoreGlobal:
            return isa::Operation::kStoreShared;
        default:
            return isa::Operation::kAtomicShared;
    }
}

}  // namespace

void make_twins(Program& program) {
    for (std::size_t i = 0; i < program.ops.size(); ++i) {
        const isa::Instruction& instruction = program.instructions[i];
        if (program.ops[i].space != Space::kGeneric) continue;
        GenericTwins& twins = program.generic_twins[program.ops[i].detail];
        twins.shared = twins.constant = instruction;
        twins.shared.operation = shared_operation(instruction.operation);
        twins.constant.operation = isa::Operation::kLoadParameter;
    }
}

}  // namespace sptc::ptx
