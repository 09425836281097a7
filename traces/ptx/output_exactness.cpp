#include "traces/ptx/output_exactness.hpp"

#include <fmt/format.h>

#include <optional>

#include "traces/ptx/buffer_flow.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

std::optional<Doubt> doubt_of(const Program& program, std::size_t op, bool contractible) {
    if (program.ops[op].exactness == Exactness::kApproximate) return Doubt::kApproximate;
    if (contractible) return Doubt::kMayBeContracted;
    const Operation operation = program.instructions[op].operation;
    const std::string& text = program.texts[op];
    const bool atomic = operation == Operation::kAtomicShared ||
                        operation == Operation::kAtomicGlobal ||
                        operation == Operation::kReductionGlobal;
    if (atomic && text.find(".add") != std::string::npos && text.find(".f") != std::string::npos) {
        return Doubt::kAtomicOrder;
    }
    if (operation == Operation::kReadClock) return Doubt::kClock;
    return std::nullopt;
}

}  // namespace

std::string_view doubt_text(Doubt doubt) {
    switch (doubt) {
        case Doubt::kApproximate:
            return "is approximate";
        case Doubt::kMayBeContracted:
            return "has no rounding: ptxas may contract it";
        case Doubt::kAtomicOrder:
            return "adds floats in the order in which atomics arrive";
        case Doubt::kClock:
            return "reads a clock";
    }
    return "";
}

std::string cause_text(const Cause& cause) {
    return fmt::format("{} '{}' {}", cause.location, cause.opcode, doubt_text(cause.doubt));
}

void OutputExactness::add(const Program& program, const launch::KernelLaunch& launch,
                          const std::vector<launch::Buffer>& buffers) {
    // Causes in the order of their weight: of this program's ops, then of what the buffers hold.
    std::vector<Cause> causes;
    std::vector<Rank> ops(program.ops.size(), kExactRank);
    const std::vector<bool> fused = contractible(program);
    for (const Doubt doubt :
         {Doubt::kApproximate, Doubt::kMayBeContracted, Doubt::kAtomicOrder, Doubt::kClock}) {
        for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
            if (doubt_of(program, i, fused[i]) != doubt) continue;
            ops[i] = static_cast<Rank>(causes.size());
            causes.push_back({doubt, location(program, i), program.texts[i]});
        }
    }
    std::vector<Rank> contents(buffers.size(), kExactRank);
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        const auto known = doubts_.find(buffers[i].name);
        if (known == doubts_.end()) continue;
        contents[i] = static_cast<Rank>(causes.size());
        causes.push_back(known->second);
    }
    BufferFlow flow(program, launch, buffers);
    flow.run(ops, contents);
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        const Rank rank = flow.content(i);
        if (rank != kExactRank) doubts_.insert_or_assign(buffers[i].name, causes[rank]);
    }
}

const Cause* OutputExactness::doubt(const std::string& buffer) const {
    const auto found = doubts_.find(buffer);
    return found == doubts_.end() ? nullptr : &found->second;
}

}  // namespace sptc::ptx
