#include <algorithm>
#include <array>
#include <optional>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/operation_name.hpp"
#include "traces/lowering/passes.hpp"
#include "traces/ptx/fundamental_type.hpp"

namespace sptc::lowering {
namespace {

std::uint32_t bits_of(Width width) {
    return width == Width::k64 ? 64u : width == Width::k32 ? 32u : 16u;
}

/// "cvt.s32.u32" between registers of 32 bits and the like: nothing changes.
bool converts_nothing(const CodeOp& op) {
    const std::optional<ptx::Conversion> conversion = conversion_of(op);
    if (!conversion || conversion->saturate) return false;
    const ptx::ConvertType& to = conversion->target();
    const ptx::ConvertType& from = conversion->source();
    const auto bits = static_cast<std::uint32_t>(to.bits);
    return to.format == nullptr && from.format == nullptr && to.bits == from.bits &&
           bits == bits_of(op.operands[0].role.width) && bits == bits_of(op.operands[1].role.width);
}

/// The operand that the result equals, when a source is the neutral element.
const CodeOperand* neutral_partner(const Code& code, const CodeOp& op) {
    if (op.operands.size() != 3 || has_word(op.name, "sat") || has_word(op.name, "cc")) {
        return nullptr;
    }
    const std::string_view type = last_word(op.name);
    const std::string_view word = first_word(op.name);
    const bool integer = type[0] == 'u' || type[0] == 's' || type[0] == 'b';
    if (!integer || type == "bf16" || type == "bf16x2" || ptx::bytes_of_type(type) < 4) {
        return nullptr;
    }
    const auto is = [&](std::size_t i, std::uint64_t value) {
        return op.operands[i].is_constant() && code.constant(op.operands[i]) == value;
    };
    const bool either = word == "add" || word == "or" || word == "xor";
    if (either && is(1, 0)) return &op.operands[2];
    if ((either || word == "sub" || word == "shl" || word == "shr") && is(2, 0)) {
        return &op.operands[1];
    }
    if (word == "mul" && has_word(op.name, "lo") && is(2, 1)) return &op.operands[1];
    return nullptr;
}

/// What a copy copies, or nullptr.
const CodeOperand* copied(const Code& code, const CodeOp& op) {
    if (op.op.control != Control::kNext || op.writes.size() != 1 || op.operands.empty()) {
        return nullptr;
    }
    if (op.operands[0].role.width == Width::kPredicate) return nullptr;
    const std::string_view word = first_word(op.name);
    const bool move = word == "mov" && op.operands.size() == 2 && op.operands[1].role.known &&
                      op.operands[0].role.width == op.operands[1].role.width;
    const bool global = word == "cvta" && op.operands.size() == 3 && op.operands[2].is_constant() &&
                        code.constant(op.operands[2]) == 0;
    if (move || global || converts_nothing(op)) return &op.operands[1];
    return neutral_partner(code, op);
}

struct Fold {
    std::string_view name;
    std::uint64_t (*fold)(std::uint64_t, std::uint64_t);
};
constexpr Fold kFolds[] = {
    {"add.u32", [](std::uint64_t x, std::uint64_t y) { return (x + y) & UINT32_MAX; }},
    {"add.s32", [](std::uint64_t x, std::uint64_t y) { return (x + y) & UINT32_MAX; }},
    {"sub.u32", [](std::uint64_t x, std::uint64_t y) { return (x - y) & UINT32_MAX; }},
    {"sub.s32", [](std::uint64_t x, std::uint64_t y) { return (x - y) & UINT32_MAX; }},
    {"add.u64", [](std::uint64_t x, std::uint64_t y) { return x + y; }},
    {"add.s64", [](std::uint64_t x, std::uint64_t y) { return x + y; }},
    {"sub.u64", [](std::uint64_t x, std::uint64_t y) { return x - y; }},
    {"sub.s64", [](std::uint64_t x, std::uint64_t y) { return x - y; }},
    {"and.b32", [](std::uint64_t x, std::uint64_t y) { return x & y; }},
    {"or.b32", [](std::uint64_t x, std::uint64_t y) { return x | y; }},
    {"xor.b32", [](std::uint64_t x, std::uint64_t y) { return x ^ y; }},
    {"mul.lo.u32", [](std::uint64_t x, std::uint64_t y) { return (x * y) & UINT32_MAX; }},
    {"mul.lo.s32", [](std::uint64_t x, std::uint64_t y) { return (x * y) & UINT32_MAX; }},
};

const Fold* find_fold(std::string_view name) {
    for (const Fold& row : kFolds) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

/// The value of an integer operation on constants.
std::optional<std::uint64_t> folded(const Code& code, const CodeOp& op) {
    const Fold* row = find_fold(op.name);
    if (row == nullptr || op.operands.size() != 3 || !op.operands[1].is_constant() ||
        !op.operands[2].is_constant()) {
        return std::nullopt;
    }
    return row->fold(code.constant(op.operands[1]), code.constant(op.operands[2]));
}

/// Can the machine take this constant in place of a register? One immediate an operation; zero is a
/// register.
bool takes_constant(const Code& code, const CodeOp& op, isa::RegisterId id,
                    const CodeOperand& constant) {
    if (op.instruction.mma != nullptr) return false;
    const bool zero = code.constant(constant) == 0;
    const bool store = op.instruction.operation == isa::Operation::kStoreGlobal ||
                       op.instruction.operation == isa::Operation::kStoreShared;
    const bool base = op.op.address.base == id || op.op.destination.base == id;
    if (base) return false;
    if (store) return zero;
    if (!is_pure(op)) return false;
    std::size_t immediates = 0;
    for (const CodeOperand& operand : op.operands) {
        const bool becomes = operand.reads(id) && !zero;
        const bool is = operand.is_constant() && code.constant(operand) != 0;
        if (becomes || is) ++immediates;
    }
    // Two are no problem when the operation folds.
    return immediates <= 1 || (op.operands.size() == 3 && find_fold(op.name) != nullptr);
}

class CopyPropagation {
  public:
    explicit CopyPropagation(Code& code)
        : code_(code), uses_(code), dominators_(find_dominators(code)) {}

    /// True when anything changed.
    bool run() {
        for (std::uint32_t b = 0; b < code_.blocks.size(); ++b) {
            for (std::uint32_t i = 0; i < code_.blocks[b].ops.size(); ++i) visit({b, i});
        }
        return changed_;
    }

  private:
    [[nodiscard]] CodeOp& at(const Place& place) {
        return code_.blocks[place.block].ops[place.index];
    }

    [[nodiscard]] bool dominates(const Place& a, const Place& b) const {
        if (a.block == b.block) return a.index < b.index;
        return dominators_[b.block].contains(a.block);
    }

    void visit(const Place& place) {
        const CodeOp& op = at(place);
        if (op.guarded() || op.writes.size() != 1) return;
        const isa::RegisterId target = op.writes[0];
        CodeOperand source;
        if (const std::optional<std::uint64_t> value = folded(code_, op)) {
            source.role = op.operands[1].role;
            source.value = source.role.width == Width::k64
                               ? code_.constant64(*value)
                               : code_.constant32(static_cast<std::uint32_t>(*value));
        } else if (const CodeOperand* found = copied(code_, op)) {
            source = *found;
        } else {
            return;
        }
        if (source.is_register() && code_.registers[static_cast<std::size_t>(source.value)].width !=
                                        code_.registers[target].width) {
            return;
        }
        for (const Place& reader : std::vector<Place>(uses_.readers[target])) {
            if (may_replace(place, reader, target, source)) replace(reader, target, source);
        }
    }

    bool may_replace(const Place& copy, const Place& reader, isa::RegisterId target,
                     const CodeOperand& source) {
        if (!dominates(copy, reader) || !at(reader).parts.empty()) return false;
        if (!holds(copy, reader, uses_.writers[target])) return false;
        if (source.is_constant()) return takes_constant(code_, at(reader), target, source);
        const std::vector<Place>& writers = uses_.writers[static_cast<std::size_t>(source.value)];
        const bool fixed =
            writers.empty() || (writers.size() == 1 && dominates(writers.front(), copy));
        return fixed || holds(copy, reader, writers);
    }

    /// Does a register have the value that it has behind `from` when `to` reads it? Where it is
    /// written more than once, only within the block.
    [[nodiscard]] static bool holds(const Place& from, const Place& to,
                                    const std::vector<Place>& writers) {
        const auto is_from = [&](const Place& writer) {
            return writer.block == from.block && writer.index == from.index;
        };
        if (writers.size() == 1 && is_from(writers[0])) return true;
        return from.block == to.block &&
               std::none_of(writers.begin(), writers.end(), [&](const Place& writer) {
                   return writer.block == from.block && writer.index > from.index &&
                          writer.index < to.index;
               });
    }

    void replace(const Place& reader, isa::RegisterId target, const CodeOperand& source) {
        replace_read(at(reader), target, source);
        if (source.is_register()) {
            uses_.readers[static_cast<std::size_t>(source.value)].push_back(reader);
        }
        changed_ = true;
    }

    Code& code_;
    Uses uses_;
    std::vector<RegisterSet> dominators_;
    bool changed_ = false;
};

}  // namespace

void propagate_copies(Code& code) {
    // Every round removes at least one read of a copy; chains are short.
    constexpr int kRounds = 8;
    for (int round = 0; round < kRounds; ++round) {
        if (!CopyPropagation(code).run()) return;
        remove_dead_code(code);
    }
}

void remove_dead_code(Code& code) {
    const Liveness liveness = find_liveness(code);
    for (std::size_t b = 0; b < code.blocks.size(); ++b) {
        RegisterSet live = liveness.out[b];
        std::vector<CodeOp>& ops = code.blocks[b].ops;
        std::vector<bool> dead(ops.size(), false);
        for (std::size_t i = ops.size(); i-- > 0;) {
            const bool wanted = std::any_of(ops[i].writes.begin(), ops[i].writes.end(),
                                            [&](isa::RegisterId id) { return live.contains(id); });
            dead[i] = !wanted && is_pure(ops[i]);
            if (!dead[i]) step_back(ops[i], live);
        }
        std::size_t next = 0;
        std::erase_if(ops, [&](const CodeOp&) { return dead[next++]; });
    }
}

}  // namespace sptc::lowering
