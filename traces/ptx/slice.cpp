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

namespace {

/// What flows through the frames of functions: for each variable a node beside the registers, and
/// one for all that pointers reach.
class FrameFlow {
  public:
    FrameFlow(const Program& program, std::uint32_t first)
        : program_(program),
          first_(first),
          addressed_(first + static_cast<std::uint32_t>(program.frame_variables.size())) {}

    [[nodiscard]] std::uint32_t node_count() const { return addressed_ + 1; }

    /// The node that an op reads or writes, or -1: writes are the ops without a destination.
    [[nodiscard]] std::int64_t node(std::uint32_t i) const {
        const Op& op = program_.ops[i];
        if (program_.frame_accesses[i] >= 0) {
            return node_of(static_cast<std::uint32_t>(program_.frame_accesses[i]));
        }
        const bool load_or_store = op.bytes != 0 && op.handler != nullptr;
        const bool pointer =
            op.space == Space::kLocal || (op.space == Space::kGeneric && program_.cvta_local);
        return load_or_store && pointer ? std::int64_t{addressed_} : -1;
    }

    /// Calls `visit(to, from)` for everything that calls copy.
    template <class Visit>
    void for_each_copy(Visit&& visit) const {
        for (const CallSite& site : program_.calls) {
            for (const auto* copies : {&site.arguments, &site.results}) {
                for (const FrameCopy& copy : *copies) visit(node_of(copy.to), node_of(copy.from));
            }
        }
    }

  private:
    [[nodiscard]] std::uint32_t node_of(std::uint32_t variable) const {
        return program_.frame_variables[variable].addressed ? addressed_ : first_ + variable;
    }

    const Program& program_;
    std::uint32_t first_;
    std::uint32_t addressed_;
};

[[noreturn]] void refuse(const Program& program, std::uint32_t op, std::uint32_t node) {
    const std::string name =
        node < program.registers.size() ? program.registers[node].name : "local memory";
    throw base::KernelError(fmt::format(
        "{}: '{}' gives '{}', on which an address, a predicate or a branch depends: turn values on",
        location(program, op), program.texts[op], name));
}

bool acquires(const Program& program, std::uint32_t op) {
    return program.instructions[op].operation == Operation::kLoadGlobal &&
           program.texts[op].starts_with("ld.acquire");
}

bool releases(const Program& program, std::uint32_t op) {
    return program.instructions[op].operation == Operation::kStoreGlobal &&
           program.texts[op].starts_with("st.release");
}

}  // namespace

Slice compute_slice(const Program& program, Viewer viewer) {
    const FrameFlow frames(program, static_cast<std::uint32_t>(program.registers.size()));
    const std::uint32_t nodes = frames.node_count();
    std::vector<std::vector<std::uint32_t>> writers(nodes);
    std::vector<std::vector<std::uint32_t>> copied_from(nodes);
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        const auto& writes = program.instructions[i].writes;
        for (isa::RegisterId id : writes) writers[id].push_back(i);
        const std::int64_t node = frames.node(i);
        if (node >= 0 && writes.empty()) writers[static_cast<std::size_t>(node)].push_back(i);
    }
    frames.for_each_copy(
        [&](std::uint32_t to, std::uint32_t from) { copied_from[to].push_back(from); });

    std::vector<bool> wanted(nodes, false);
    std::vector<std::uint32_t> open;
    const auto want = [&](std::uint32_t node) {
        if (wanted[node]) return;
        wanted[node] = true;
        open.push_back(node);
    };
    const RegisterIds ids(program);
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        for (const std::int32_t id : shown_registers(program, ids, i, viewer)) {
            if (id >= 0) want(static_cast<std::uint32_t>(id));
        }
        if (program.ops[i].control == Control::kIndexed) {
            for (isa::RegisterId read : program.instructions[i].reads) want(read);
        }
    }

    Slice slice;
    slice.executes.assign(program.ops.size(), false);
    const auto execute_releases = [&] {
        for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
            if (!releases(program, i)) continue;
            slice.executes[i] = true;
            for (isa::RegisterId read : program.instructions[i].reads) want(read);
        }
    };
    while (!open.empty()) {
        const std::uint32_t node = open.back();
        open.pop_back();
        for (std::uint32_t from : copied_from[node]) want(from);
        for (std::uint32_t i : writers[node]) {
            if (slice.executes[i]) continue;
            if (acquires(program, i) && !slice.acquires) {
                slice.acquires = i;
                execute_releases();
            }
            const Operation operation = program.instructions[i].operation;
            if (needs_values(operation)) refuse(program, i, node);
            slice.executes[i] = true;
            slice.loads_global = slice.loads_global || operation == Operation::kLoadGlobal;
            for (isa::RegisterId read : program.instructions[i].reads) want(read);
            const std::int64_t frame = frames.node(i);
            if (frame >= 0 && !program.instructions[i].writes.empty()) {
                want(static_cast<std::uint32_t>(frame));
            }
        }
    }
    return slice;
}

}  // namespace sptc::ptx
