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

/// Which register stands in a slot; constants are none.
class RegisterIds {
  public:
    explicit RegisterIds(const Program& program)
        : predicates_(program.predicate_count, -1),
          ids32_(program.count32, -1),
          ids64_(program.count64, -1) {
        for (std::size_t id = 0; id < program.registers.size(); ++id) {
            const RegisterInfo& reg = program.registers[id];
            of_width(reg.width)[static_cast<std::size_t>(reg.slot)] = static_cast<std::int32_t>(id);
        }
    }

    /// -1 when the slot is absent or holds a constant.
    [[nodiscard]] std::int32_t find(Width width, std::int32_t slot) {
        const auto& ids = of_width(width);
        const auto index = static_cast<std::size_t>(slot);
        return slot >= 0 && index < ids.size() ? ids[index] : -1;
    }

  private:
    std::vector<std::int32_t>& of_width(Width width) {
        if (width == Width::kPredicate) return predicates_;
        return width == Width::k64 ? ids64_ : ids32_;
    }

    std::vector<std::int32_t> predicates_;
    std::vector<std::int32_t> ids32_;
    std::vector<std::int32_t> ids64_;
};

/// The registers that an op shows, whether or not its result is wanted.
std::vector<std::int32_t> shown_registers(const Program& program, std::uint32_t i, Viewer viewer,
                                          RegisterIds& ids) {
    const Op& op = program.ops[i];
    const isa::Instruction& instruction = program.instructions[i];
    const bool copy = instruction.operation == Operation::kAsyncCopy;
    const bool global = isa::is_global(instruction.operation);
    std::vector<std::int32_t> shown;
    if (viewer == Viewer::kSm) {
        const bool whole = copy || instruction.operation == Operation::kBarrier;
        const auto& reads = whole ? instruction.reads : instruction.address_reads;
        shown.assign(reads.begin(), reads.end());
    } else if (global) {
        shown.push_back(ids.find(op.address.wide ? Width::k64 : Width::k32, op.address.base));
        if (copy) {
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

}  // namespace

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
    RegisterIds ids(program);
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        for (const std::int32_t id : shown_registers(program, i, viewer, ids)) {
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
