#include <algorithm>
#include <optional>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/operation_name.hpp"
#include "traces/lowering/passes.hpp"

namespace sptc::lowering {
namespace {

/// ptxas unrolls short loops with a known number of trips (seen: the three trips of the prologue of
/// generated GEMMs); the limits are assumed.
constexpr std::uint32_t kMostTrips = 4;
constexpr std::size_t kMostOperations = 512;

/// Blocks [begin, end], left only by falling out of the last one.
struct Loop {
    std::uint32_t begin;
    std::uint32_t end;
};

bool is_closed(const Code& code, const Loop& loop) {
    for (std::uint32_t b = 0; b < code.blocks.size(); ++b) {
        const bool inside = b >= loop.begin && b <= loop.end;
        for (const CodeOp& op : code.blocks[b].ops) {
            if (inside && op.op.control == Control::kExit) return false;
            if (op.op.control != Control::kBranch) continue;
            const bool to_inside = op.op.target >= loop.begin && op.op.target <= loop.end;
            if (inside != to_inside) return false;
            const bool back = inside && op.op.target <= b;
            if (back && (b != loop.end || op.op.target != loop.begin)) return false;
        }
    }
    return loop.begin > 0;
}

std::optional<bool> compare(std::string_view name, std::uint32_t a, std::uint32_t b) {
    const bool is_signed = name.ends_with(".s32");
    const auto x = is_signed ? static_cast<std::int64_t>(static_cast<std::int32_t>(a)) : a;
    const auto y = is_signed ? static_cast<std::int64_t>(static_cast<std::int32_t>(b)) : b;
    if (has_word(name, "ne")) return x != y;
    if (has_word(name, "eq")) return x == y;
    if (has_word(name, "lt")) return x < y;
    if (has_word(name, "le")) return x <= y;
    if (has_word(name, "gt")) return x > y;
    if (has_word(name, "ge")) return x >= y;
    return std::nullopt;
}

/// How often the loop runs, when a counter that begins at a constant decides it.
std::optional<std::uint32_t> trips_of(const Code& code, const Uses& uses, const Loop& loop) {
    const std::vector<CodeOp>& latch = code.blocks[loop.end].ops;
    const CodeOp& branch = latch.back();
    if (branch.op.control != Control::kBranch || branch.op.guard < 0) return std::nullopt;
    const auto& tests = uses.writers[static_cast<std::size_t>(branch.op.guard)];
    if (tests.size() != 1 || tests[0].block != loop.end) return std::nullopt;
    const CodeOp& test = latch[tests[0].index];
    const bool plain = first_word(test.name) == "setp" && !test.guarded() &&
                       test.op.modifier == 0 && test.writes.size() == 1 &&
                       (test.name.ends_with(".u32") || test.name.ends_with(".s32"));
    if (!plain || !test.operands[0].role.known || !test.operands[2].is_register() ||
        !test.operands[3].is_constant()) {
        return std::nullopt;
    }
    const auto counter = static_cast<isa::RegisterId>(test.operands[2].value);
    if (uses.writers[counter].size() != 2) return std::nullopt;
    std::optional<std::uint32_t> value;
    std::optional<std::uint32_t> step;
    for (const Place& place : uses.writers[counter]) {
        const CodeOp& op = code.blocks[place.block].ops[place.index];
        if (op.guarded()) return std::nullopt;
        if (place.block < loop.begin && op.name.starts_with("mov.") && op.operands.size() == 2 &&
            op.operands[1].is_constant()) {
            value = static_cast<std::uint32_t>(code.constant(op.operands[1]));
        } else if (place.block == loop.end && place.index < tests[0].index &&
                   op.operands.size() == 3 && op.operands[1].reads(counter) &&
                   op.operands[2].is_constant()) {
            const auto amount = static_cast<std::uint32_t>(code.constant(op.operands[2]));
            if (op.name == "add.u32" || op.name == "add.s32") step = amount;
            if (op.name == "sub.u32" || op.name == "sub.s32") step = 0u - amount;
        }
    }
    if (!value || !step) return std::nullopt;
    const auto limit = static_cast<std::uint32_t>(code.constant(test.operands[3]));
    for (std::uint32_t trips = 1; trips <= kMostTrips; ++trips) {
        *value += *step;
        const std::optional<bool> again = compare(test.name, *value, limit);
        if (!again) return std::nullopt;
        if (*again == branch.op.guard_negated) return trips;
    }
    return std::nullopt;
}

void unroll(Code& code, const Loop& loop, std::uint32_t trips) {
    const std::uint32_t size = loop.end - loop.begin + 1;
    const std::uint32_t added = (trips - 1) * size;
    std::vector<CodeBlock> blocks;
    for (std::uint32_t b = 0; b < code.blocks.size(); ++b) {
        if (b == loop.begin) {
            for (std::uint32_t trip = 0; trip < trips; ++trip) {
                for (std::uint32_t i = loop.begin; i <= loop.end; ++i) {
                    CodeBlock copy = code.blocks[i];
                    if (i == loop.end) copy.ops.pop_back();  // the branch back
                    for (CodeOp& op : copy.ops) {
                        if (op.op.control == Control::kBranch) op.op.target += trip * size;
                    }
                    blocks.push_back(std::move(copy));
                }
            }
        }
        if (b >= loop.begin && b <= loop.end) continue;
        CodeBlock& block = blocks.emplace_back(code.blocks[b]);
        for (CodeOp& op : block.ops) {
            if (op.op.control == Control::kBranch && op.op.target > loop.end) op.op.target += added;
        }
    }
    code.blocks = std::move(blocks);
    code.link();
}

}  // namespace

bool unroll_loops(Code& code) {
    if (!code.branch_tables.empty()) return false;  // blocks would have to be counted anew in them
    bool changed = false;
    for (std::uint32_t b = 0; b < code.blocks.size(); ++b) {
        if (code.blocks[b].ops.empty()) continue;
        const Op& last = code.blocks[b].ops.back().op;
        if (last.control != Control::kBranch || last.target > b) continue;
        const Loop loop{last.target, b};
        std::size_t operations = 0;
        for (std::uint32_t i = loop.begin; i <= loop.end; ++i) {
            operations += code.blocks[i].ops.size();
        }
        if (!is_closed(code, loop)) continue;
        const std::optional<std::uint32_t> trips = trips_of(code, Uses(code), loop);
        if (!trips || *trips * operations > kMostOperations) continue;
        unroll(code, loop, *trips);
        changed = true;
        b = loop.begin + *trips * (loop.end - loop.begin + 1) - 1;
    }
    return changed;
}

}  // namespace sptc::lowering
