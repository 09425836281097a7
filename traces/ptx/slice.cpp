#include "traces/ptx/slice.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

bool needs_values(Operation operation) {
    return operation == Operation::kMma || operation == Operation::kLoadShared ||
           operation == Operation::kLoadMatrix || operation == Operation::kAtomicShared ||
           operation == Operation::kAtomicGlobal || operation == Operation::kBarrierResult;
}

/// How many operands, all 32-bit ones, the SM sees: a barrier and its number of threads, a time.
std::uint32_t shown_operands(Operation operation) {
    if (operation == Operation::kBarrier || operation == Operation::kBarrierArrive) return 2;
    return operation == Operation::kSleep ? 1 : 0;
}

}  // namespace

std::vector<std::int32_t> shown_registers(const Program& program, const RegisterIds& ids,
                                          std::uint32_t i, Viewer viewer) {
    const Op& op = program.ops[i];
    const isa::Instruction& instruction = program.instructions[i];
    const bool copy = instruction.operation == Operation::kAsyncCopy;
    const bool global = isa::is_global(instruction.operation);
    std::vector<std::int32_t> shown;
    if (viewer == Viewer::kSm) {
        const auto& reads = copy ? instruction.reads : instruction.address_reads;
        shown.assign(reads.begin(), reads.end());
        for (std::uint32_t operand = 0; operand < shown_operands(instruction.operation);
             ++operand) {
            shown.push_back(ids.find(Width::k32, program.operands[op.first_operand + operand]));
        }
    } else if (global) {
        if (!copy) {
            shown.assign(instruction.address_reads.begin(), instruction.address_reads.end());
        } else {
            shown.push_back(ids.find(op.address.wide ? Width::k64 : Width::k32, op.address.base));
            const std::int32_t* operands = program.operands.data() + op.first_operand;
            shown.push_back(ids.find(Width::k32, operands[0]));
            shown.push_back(ids.find(Width::kPredicate, operands[1]));
        }
    }
    if (viewer == Viewer::kSm || global || op.control != Control::kNext) {
        shown.push_back(ids.find(Width::kPredicate, op.guard));
    }
    return shown;
}

Slice compute_slice(const Program& program, Viewer viewer) {
    const std::size_t registers = program.registers.size();
    std::vector<std::vector<std::uint32_t>> writers(registers);
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        for (isa::RegisterId id : program.instructions[i].writes) writers[id].push_back(i);
    }

    std::vector<bool> wanted(registers, false);
    std::vector<isa::RegisterId> open;
    const auto want = [&](isa::RegisterId id) {
        if (wanted[id]) return;
        wanted[id] = true;
        open.push_back(id);
    };
    const RegisterIds ids(program);
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        for (const std::int32_t id : shown_registers(program, ids, i, viewer)) {
            if (id >= 0) want(static_cast<isa::RegisterId>(id));
        }
    }

    Slice slice;
    slice.executes.assign(program.ops.size(), false);
    while (!open.empty()) {
        const isa::RegisterId id = open.back();
        open.pop_back();
        for (std::uint32_t i : writers[id]) {
            if (slice.executes[i]) continue;
            const Operation operation = program.instructions[i].operation;
            if (needs_values(operation)) {
                throw base::KernelError(fmt::format(
                    "{}: '{}' gives '{}', on which an address, a predicate or a branch depends: "
                    "turn values on",
                    location(program, i), program.texts[i], program.registers[id].name));
            }
            slice.executes[i] = true;
            slice.loads_global = slice.loads_global || operation == Operation::kLoadGlobal;
            for (isa::RegisterId read : program.instructions[i].reads) want(read);
        }
    }
    return slice;
}

}  // namespace sptc::ptx
