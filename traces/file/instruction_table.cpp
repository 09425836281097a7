#include "traces/file/instruction_table.hpp"

#include <algorithm>

namespace sptc::trace_file {

using isa::Operation;

Payload payload_of(const isa::Instruction& instruction) {
    switch (instruction.operation) {
        case Operation::kBarrier:
        case Operation::kBarrierArrive:
            return Payload::kBarrier;
        case Operation::kAsyncCopy:
            return Payload::kCopy;
        case Operation::kLoadMatrix:
            return Payload::kMatrixRows;
        case Operation::kSleep:
            return Payload::kSleep;
        case Operation::kShuffle:  // goes through the memory pipeline, but has no address
            return Payload::kNone;
        default:
            return isa::is_memory(instruction.operation) ? Payload::kAddresses : Payload::kNone;
    }
}

std::uint32_t address_lanes(const isa::Instruction& instruction, std::uint32_t active_mask) {
    constexpr std::uint32_t kRowsPerMatrix = 8;
    if (active_mask == 0 || instruction.operation != Operation::kLoadMatrix) return active_mask;
    const std::uint32_t rows = kRowsPerMatrix * instruction.matrices;
    return rows >= isa::kLanes ? ~0u : (1u << rows) - 1;
}

void InstructionTable::add(const isa::Instruction& instruction, std::string text) {
    isa::Instruction& entry = instructions_.emplace_back(instruction);
    entry.reads = copy(instruction.reads);
    entry.address_reads = copy(instruction.address_reads);
    entry.writes = copy(instruction.writes);
    texts_.push_back(std::move(text));
    originals_.push_back(static_cast<std::uint32_t>(originals_.size()));
    const Payload payload = payload_of(entry);
    payloads_.push_back(payload);
    histories_.push_back(history_count_);
    if (payload == Payload::kCopy) {
        history_count_ += 2;
    } else if (payload == Payload::kAddresses || payload == Payload::kMatrixRows) {
        history_count_ += 1;
    }
}

void InstructionTable::add_twin(const isa::Instruction& twin, std::uint32_t original) {
    add(twin, texts_[original]);
    originals_.back() = original;
}

std::span<const isa::RegisterId> InstructionTable::copy(std::span<const isa::RegisterId> list) {
    if (list.empty()) return {};
    lists_.push_back(std::make_unique<isa::RegisterId[]>(list.size()));
    std::copy(list.begin(), list.end(), lists_.back().get());
    return {lists_.back().get(), list.size()};
}

}  // namespace sptc::trace_file
