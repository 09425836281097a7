#include "traces/ptx/buffer_flow.hpp"

#include <algorithm>
#include <span>
#include <variant>

#include "traces/ptx/memory_handlers.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

bool join(BufferSet& into, const BufferSet& from) {
    bool changed = false;
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (from[i] && !into[i]) into[i] = changed = true;
    }
    return changed;
}

bool contains(std::span<const isa::RegisterId> ids, isa::RegisterId wanted) {
    return std::find(ids.begin(), ids.end(), wanted) != ids.end();
}

}  // namespace

BufferFlow::BufferFlow(const Program& program, const launch::KernelLaunch& launch,
                       const std::vector<launch::Buffer>& buffers)
    : program_(program), ids_(program), buffers_(buffers) {
    const Flow nothing{kExactRank, BufferSet(buffers.size())};
    registers_.assign(program.registers.size(), nothing);
    memories_.assign(buffers.size(), nothing);
    shared_ = local_ = barrier_ = nothing;
    targets_.assign(program.ops.size(), BufferSet(buffers.size(), true));
    written_in_.assign(program.registers.size(), 0);
    written_.resize(program.registers.size());
    find_blocks();
    find_pointers(launch);
}

void BufferFlow::run(const std::vector<Rank>& ops, const std::vector<Rank>& contents) {
    ranks_ = &ops;
    for (std::size_t i = 0; i < contents.size(); ++i) memories_[i].rank = contents[i];
    do {
        changed_ = false;
        ++block_;
        for (std::uint32_t i = 0; i < program_.ops.size(); ++i) transfer(i);
    } while (changed_);
}

void BufferFlow::find_blocks() {
    begins_block_.assign(program_.ops.size() + 1, false);
    for (std::size_t i = 0; i < program_.ops.size(); ++i) {
        const Op& op = program_.ops[i];
        if (op.control == Control::kNext) continue;
        begins_block_[i + 1] = true;
        if (op.control == Control::kBranch || op.control == Control::kCall)
            begins_block_[op.target] = true;
    }
    for (const auto& table : program_.branch_tables) {
        for (const std::uint32_t target : table) begins_block_[target] = true;
    }
}

void BufferFlow::find_pointers(const launch::KernelLaunch& launch) {
    for (std::size_t i = 0; i < program_.parameters.size(); ++i) {
        const std::uint32_t offset = program_.parameters[i].offset;
        const launch::Argument& argument = launch.arguments[i];
        if (const auto* one = std::get_if<launch::BufferArgument>(&argument)) {
            pointers_.push_back({offset, index_of(one->buffer)});
        } else if (const auto* all = std::get_if<launch::StructArgument>(&argument)) {
            for (const launch::StructPointer& pointer : all->pointers) {
                pointers_.push_back({offset + pointer.offset_bytes, index_of(pointer.buffer)});
            }
        }
    }
}

std::size_t BufferFlow::index_of(const std::string& name) const {
    return static_cast<std::size_t>(
        std::find_if(buffers_.begin(), buffers_.end(),
                     [&name](const launch::Buffer& buffer) { return buffer.name == name; }) -
        buffers_.begin());
}

void BufferFlow::raise(Flow& flow, Rank rank) {
    if (rank >= flow.rank) return;
    flow.rank = rank;
    changed_ = true;
}

void BufferFlow::raise(Flow& flow, const Flow& from) {
    raise(flow, from.rank);
    changed_ = join(flow.points, from.points) || changed_;
}

BufferSet BufferFlow::targets(const Address& address) const {
    const std::int32_t base = ids_.find(address.wide ? Width::k64 : Width::k32, address.base);
    if (base >= 0) {
        const BufferSet& points = this->points(static_cast<std::size_t>(base));
        if (std::find(points.begin(), points.end(), true) != points.end()) return points;
    }
    return BufferSet(buffers_.size(), true);
}

BufferSet BufferFlow::parameter_buffers(const Op& op) const {
    BufferSet found(buffers_.size());
    const bool named = op.handler == load_parameter32 || op.handler == load_parameter64;
    const std::int64_t begin = named ? op.address.offset : 0;
    const std::int64_t end = named ? begin + std::int64_t{op.bytes} * op.elements : INT64_MAX;
    for (const PointerParameter& pointer : pointers_) {
        if (pointer.begin < end && pointer.begin + 8 > begin) found[pointer.buffer] = true;
    }
    return found;
}

void BufferFlow::read_memory(std::uint32_t i, Flow& value) {
    const Op& op = program_.ops[i];
    const Operation operation = program_.instructions[i].operation;
    if (program_.frame_accesses[i] >= 0) return raise(value, local_);
    if (operation == Operation::kBarrierResult) return raise(value, barrier_);
    if (operation == Operation::kLoadParameter) {
        if (op.space == Space::kParameter) join(value.points, parameter_buffers(op));
        return;
    }
    if (operation == Operation::kLoadShared || operation == Operation::kLoadMatrix ||
        operation == Operation::kAtomicShared) {
        return raise(value, shared_);
    }
    const bool reads = operation == Operation::kLoadGlobal ||
                       operation == Operation::kAtomicGlobal || operation == Operation::kAsyncCopy;
    if (!reads) return;
    if (op.space == Space::kLocal) return raise(value, local_);
    if (op.space == Space::kGeneric) {
        raise(value, shared_);
        raise(value, local_);
    }
    const BufferSet from = targets(op.address);
    for (std::size_t buffer = 0; buffer < from.size(); ++buffer) {
        if (from[buffer]) raise(value, memories_[buffer].rank);
    }
    // An address that stands in a buffer may be any.
    const bool wide = op.bytes == sizeof(std::uint64_t) && operation == Operation::kLoadGlobal;
    if (wide) value.points.assign(buffers_.size(), true);
}

void BufferFlow::write_memory(std::uint32_t i, const Flow& value) {
    const Op& op = program_.ops[i];
    const Operation operation = program_.instructions[i].operation;
    if (program_.frame_accesses[i] >= 0) {
        if (program_.instructions[i].writes.empty()) raise(local_, value);
        return;
    }
    switch (operation) {
        case Operation::kBarrier:
            return raise(barrier_, value);
        case Operation::kStoreShared:
        case Operation::kAtomicShared:
        case Operation::kAsyncCopy:
            return raise(shared_, value);
        case Operation::kStoreGlobal:
        case Operation::kAtomicGlobal:
        case Operation::kReductionGlobal:
            break;
        default:
            return;
    }
    if (op.space == Space::kLocal) return raise(local_, value);
    if (op.space == Space::kGeneric) {
        raise(shared_, value);
        raise(local_, value);
    }
    const BufferSet to = targets(op.address);
    for (std::size_t buffer = 0; buffer < to.size(); ++buffer) {
        if (to[buffer]) raise(memories_[buffer], std::min(value.rank, branches_));
    }
}

void BufferFlow::transfer(std::uint32_t i) {
    const isa::Instruction& instruction = program_.instructions[i];
    Flow value{(*ranks_)[i], BufferSet(buffers_.size())};
    const bool changed = changed_;
    if (begins_block_[i]) ++block_;
    targets_[i] = targets(program_.ops[i].address);
    const bool load = instruction.operation == Operation::kLoadGlobal;
    for (const isa::RegisterId read : instruction.reads) {
        raise(value, registers_[read].rank);
        // What was loaded points elsewhere than the address it was loaded from.
        if (load && contains(instruction.address_reads, read)) continue;
        join(value.points, points(read));
    }
    read_memory(i, value);
    changed_ = changed;  // `value` is new
    if (program_.ops[i].control != Control::kNext && value.rank < branches_) {
        branches_ = value.rank;  // what runs at all depends on it
        changed_ = true;
    }
    for (const isa::RegisterId write : instruction.writes) {
        raise(registers_[write], value);
        // Behind a guard the old value may remain.
        written_in_[write] = program_.ops[i].guard < 0 ? block_ : 0;
        if (program_.ops[i].guard < 0) written_[write] = value.points;
    }
    write_memory(i, value);
}

}  // namespace sptc::ptx
