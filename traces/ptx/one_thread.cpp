#include "traces/ptx/one_thread.hpp"

#include <fmt/format.h>

#include <optional>

#include "traces/ptx/buffer_flow.hpp"
#include "traces/ptx/call_handlers.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

std::string name_of(const Program& program, std::uint32_t op) {
    return fmt::format("{} '{}'", location(program, op), program.texts[op]);
}

/// Why an op alone is reason enough; empty when it is not.
std::string_view reason_of(const Op& op, Operation operation) {
    if (op.handler == call_vprintf) return "prints";
    const bool atomic =
        operation == Operation::kAtomicGlobal || operation == Operation::kReductionGlobal;
    if (atomic) return "changes what other CTAs read or change";
    if (operation == Operation::kStoreGlobal && op.space == Space::kGeneric)
        return "may write shared or global memory";
    return {};
}

/// The first op that may read or write each buffer.
using FirstOps = std::vector<std::optional<std::uint32_t>>;

void note(const BufferSet& buffers, std::uint32_t op, FirstOps& first) {
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (buffers[i] && !first[i]) first[i] = op;
    }
}

}  // namespace

std::string one_thread_because(const Program& program, const launch::KernelLaunch& launch,
                               const std::vector<launch::Buffer>& buffers) {
    BufferFlow flow(program, launch, buffers);
    flow.run(std::vector<Rank>(program.ops.size(), kExactRank), {});
    FirstOps readers(buffers.size());
    FirstOps writers(buffers.size());
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        const Op& op = program.ops[i];
        const Operation operation = program.instructions[i].operation;
        const std::string_view reason = reason_of(op, operation);
        if (!reason.empty()) return fmt::format("{} {}", name_of(program, i), reason);
        if (program.frame_accesses[i] >= 0 || op.space == Space::kLocal) continue;
        const bool writes = operation == Operation::kStoreGlobal;
        const bool reads =
            operation == Operation::kLoadGlobal || operation == Operation::kAsyncCopy;
        if (reads || writes) note(flow.targets(i), i, writes ? writers : readers);
    }
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (!readers[i] || !writers[i]) continue;
        return fmt::format("{} may read what {} writes (buffer '{}')",
                           name_of(program, *readers[i]), name_of(program, *writers[i]),
                           buffers[i].name);
    }
    return {};
}

}  // namespace sptc::ptx
