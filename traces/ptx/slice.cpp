#include "traces/ptx/slice.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

bool needs_values(Operation operation) {
    return operation == Operation::kMma || operation == Operation::kLoadShared ||
           operation == Operation::kLoadMatrix;
}

}  // namespace

Slice compute_slice(const Program& program) {
    const std::size_t registers = program.registers.size();
    std::vector<std::vector<std::uint32_t>> writers(registers);
    std::vector<std::int32_t> predicate_ids(program.predicate_count, -1);
    for (std::size_t id = 0; id < registers; ++id) {
        if (program.registers[id].width == Width::kPredicate) {
            predicate_ids[static_cast<std::size_t>(program.registers[id].slot)] =
                static_cast<std::int32_t>(id);
        }
    }
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
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        const isa::Instruction& instruction = program.instructions[i];
        const bool whole = instruction.operation == Operation::kAsyncCopy ||
                           instruction.operation == Operation::kBarrier;
        for (isa::RegisterId id : whole ? instruction.reads : instruction.address_reads) want(id);
        const std::int32_t guard = program.ops[i].guard;
        if (guard >= 0) {
            want(static_cast<isa::RegisterId>(predicate_ids[static_cast<std::size_t>(guard)]));
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
