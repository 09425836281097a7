#include "traces/sanitize/access_table.hpp"

#include <algorithm>
#include <string_view>

namespace sptc::sanitize {
namespace {

using isa::Operation;

constexpr std::uint32_t kLargestAccessBytes = 16;

bool has_word(std::string_view opcode, std::string_view word) {
    for (std::size_t at = opcode.find(word); at != std::string_view::npos;
         at = opcode.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        const bool begins = at != 0 && opcode[at - 1] == '.';
        if (begins && (end == opcode.size() || opcode[end] == '.')) return true;
    }
    return false;
}

/// PTX ISA, memory consistency model: strong operations.
bool is_strong(std::string_view opcode) {
    for (const std::string_view word : {"volatile", "relaxed", "acquire", "release", "mmio"}) {
        if (has_word(opcode, word)) return true;
    }
    return false;
}

Role role_of(Operation operation, std::string_view opcode) {
    const bool mbarrier = opcode.substr(0, 9) == "mbarrier.";
    switch (operation) {
        case Operation::kLoadGlobal:
        case Operation::kLoadMatrix:
            return Role::kRead;
        case Operation::kLoadShared:
            return mbarrier ? Role::kMbarrierTest : Role::kRead;
        case Operation::kStoreGlobal:
        case Operation::kStoreShared:
            return Role::kWrite;
        case Operation::kAtomicShared:
            return mbarrier ? Role::kMbarrierArrive : Role::kAtomic;
        case Operation::kAtomicGlobal:
        case Operation::kReductionGlobal:
            return Role::kAtomic;
        case Operation::kAsyncCopy:
            return Role::kAsyncCopy;
        case Operation::kAsyncCommit:
            return Role::kAsyncCommit;
        case Operation::kAsyncWait:
            return Role::kAsyncWait;
        case Operation::kAsyncArrive:
            return Role::kAsyncArrive;
        case Operation::kBarrier:
            return Role::kBarrier;
        case Operation::kBarrierArrive:
            return Role::kBarrierArrive;
        case Operation::kWarpSync:
            return Role::kWarpSync;
        case Operation::kCtaFence:  // lowering times a synchronisation of the whole warp as a NOP
            return opcode.starts_with("bar.warp.sync") ? Role::kWarpSync : Role::kNone;
        case Operation::kShuffle:
            return Role::kShuffle;
        case Operation::kExit:
            return Role::kExit;
        default:
            return Role::kNone;
    }
}

}  // namespace

OpRole op_role(const ptx::Program& program, std::uint32_t op) {
    const Role role = role_of(program.instructions[op].operation, program.texts[op]);
    const bool orders = role == Role::kAtomic || role == Role::kMbarrierArrive ||
                        role == Role::kMbarrierTest || role == Role::kAsyncArrive;
    const bool moves = role == Role::kRead || role == Role::kWrite;
    return {role, orders || (moves && is_strong(program.texts[op]))};
}

std::vector<OpRole> op_roles(const ptx::Program& program) {
    std::vector<OpRole> roles;
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) roles.push_back(op_role(program, i));
    return roles;
}

std::uint32_t shared_granule_bytes(const ptx::Program& program) {
    std::uint32_t granule = kLargestAccessBytes;
    for (std::size_t i = 0; i < program.ops.size(); ++i) {
        const isa::Instruction& instruction = program.instructions[i];
        const bool copies = instruction.operation == Operation::kAsyncCopy;
        const bool arrives = instruction.operation == Operation::kAsyncArrive;
        const bool accesses =
            isa::is_memory(instruction.operation) && instruction.operation != Operation::kShuffle;
        const ptx::Space space = program.ops[i].space;
        const bool shared = copies || space == ptx::Space::kShared || space == ptx::Space::kGeneric;
        if ((!accesses && !arrives) || !shared || instruction.bytes_per_lane == 0) continue;
        granule = std::min<std::uint32_t>(granule, instruction.bytes_per_lane);
    }
    return granule;
}

}  // namespace sptc::sanitize
