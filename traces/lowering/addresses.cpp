#include <optional>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/passes.hpp"

namespace sptc::lowering {
namespace {

/// Address offsets of the machine have 24 bits and a sign.
constexpr std::int64_t kMaximumOffset = (1 << 23) - 1;

/// b + constant.
struct Sum {
    std::int32_t base;
    std::int64_t offset;
};

std::optional<Sum> sum_of(const Code& code, const CodeOp& op) {
    if (op.guarded() || op.operands.size() != 3 || !op.parts.empty()) return std::nullopt;
    const bool wide = op.name == "add.s64" || op.name == "add.u64";
    if (!wide && op.name != "add.s32" && op.name != "add.u32") return std::nullopt;
    const std::size_t constant = op.operands[1].is_constant() ? 1 : 2;
    const CodeOperand& base = op.operands[3 - constant];
    if (!op.operands[constant].is_constant() || !base.is_register()) return std::nullopt;
    const std::uint64_t bits = code.constant(op.operands[constant]);
    const std::int64_t offset = wide ? static_cast<std::int64_t>(bits)
                                     : static_cast<std::int32_t>(static_cast<std::uint32_t>(bits));
    return Sum{base.value, offset};
}

}  // namespace

void fold_addresses(Code& code) {
    const Uses uses(code);
    const std::vector<RegisterSet> dominators = find_dominators(code);
    const auto dominates = [&](const Place& a, const Place& b) {
        return a.block == b.block ? a.index < b.index : dominators[b.block].contains(a.block);
    };
    /// The sum that `base` holds at a place, when its source still has the value it had.
    const auto sum_at = [&](std::int32_t base, const Place& place) -> std::optional<Sum> {
        if (base < 0 || static_cast<std::size_t>(base) >= uses.writers.size()) return std::nullopt;
        const std::vector<Place>& writers = uses.writers[static_cast<std::size_t>(base)];
        if (writers.size() != 1 || !dominates(writers[0], place)) return std::nullopt;
        const std::optional<Sum> sum =
            sum_of(code, code.blocks[writers[0].block].ops[writers[0].index]);
        if (!sum) return std::nullopt;
        const std::vector<Place>& sources = uses.writers[static_cast<std::size_t>(sum->base)];
        const bool fixed =
            sources.empty() || (sources.size() == 1 && dominates(sources[0], writers[0]));
        return fixed ? sum : std::nullopt;
    };
    for (std::uint32_t b = 0; b < code.blocks.size(); ++b) {
        for (std::uint32_t i = 0; i < code.blocks[b].ops.size(); ++i) {
            CodeOp& op = code.blocks[b].ops[i];
            if (!isa::is_memory(op.instruction.operation)) continue;
            for (Address* address : {&op.op.address, &op.op.destination}) {
                while (const std::optional<Sum> sum = sum_at(address->base, {b, i})) {
                    const std::int64_t offset = address->offset + sum->offset;
                    if (offset > kMaximumOffset || offset < -kMaximumOffset) break;
                    const auto old = static_cast<isa::RegisterId>(address->base);
                    address->base = sum->base;
                    address->offset = offset;
                    add_once(op.reads, static_cast<isa::RegisterId>(sum->base));
                    add_once(op.address_reads, static_cast<isa::RegisterId>(sum->base));
                    drop_unread(op, old);
                }
            }
        }
    }
}

}  // namespace sptc::lowering
