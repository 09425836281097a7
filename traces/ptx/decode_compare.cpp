// setp and set.
#include <fmt/format.h>

#include <algorithm>

#include "traces/ptx/comparison.hpp"
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/opcode_key.hpp"
#include "traces/ptx/unsupported_note.hpp"

namespace sptc::ptx {
namespace {

// Operands of both: d, q or -1, a, b, c or -1, the index of the comparison; set has also the index
// of its kind of result.
enum : int { kDestination, kSecond, kFirstSource, kSecondSource, kThird, kIndex, kResult };

/// (a cmp b) op c
std::uint32_t combine(const Execution& e, std::uint32_t value) {
    const std::int32_t third = e.operands[kThird];
    std::uint32_t c = third >= 0 ? e.predicates[third] : 0;
    if ((e.op.modifier & kNegateThird) != 0) c = ~c;
    switch (static_cast<Combine>(e.op.modifier & ~kNegateThird)) {
        case Combine::kAnd:
            return value & c;
        case Combine::kOr:
            return value | c;
        case Combine::kXor:
            return value ^ c;
        case Combine::kNone:
            break;
    }
    return value;
}

/// p = (a cmp b) op c; q = !(a cmp b) op c, or for f16x2 the comparison of the high halves.
void set_predicates(Execution& e) {
    const Comparison& comparison = comparisons()[static_cast<std::size_t>(e.operands[kIndex])];
    const std::int32_t a = e.operands[kFirstSource];
    const std::int32_t b = e.operands[kSecondSource];
    const std::uint32_t holds = comparison.holds(e, a, b);
    const std::uint32_t p = combine(e, holds);
    const std::uint32_t q =
        combine(e, comparison.holds_high != nullptr ? comparison.holds_high(e, a, b) : ~holds);
    if (e.operands[kDestination] >= 0) write_predicate(e, e.operands[kDestination], p);
    if (e.operands[kSecond] >= 0) write_predicate(e, e.operands[kSecond], q);
}

/// What set writes where the comparison holds; elsewhere it writes zeros.
struct SetResult {
    std::string_view type;
    Slot slot;
    std::uint32_t holds;
    std::string_view sources;  ///< types that ptxas takes; empty: all but f16x2
};
constexpr SetResult kSetResults[] = {
    {"u32", Slot::kWrite32, 0xffffffff, ""},     {"s32", Slot::kWrite32, 0xffffffff, ""},
    {"f32", Slot::kWrite32, 0x3f800000, "-f16"}, {"f16", Slot::kWrite16, 0x3c00, ""},
    {"u16", Slot::kWrite16, 0xffff, "f16"},      {"s16", Slot::kWrite16, 0xffff, "f16"},
    {"u32", Slot::kWrite32, 0xffff, "f16x2"},    {"s32", Slot::kWrite32, 0xffff, "f16x2"},
    {"f16x2", Slot::kWrite32, 0x3c00, "f16x2"}};

bool takes(const SetResult& result, std::string_view source) {
    if (result.sources.empty()) return source != "f16x2";
    if (result.sources.front() == '-') {
        return source != "f16x2" && source != result.sources.substr(1);
    }
    return source == result.sources;
}

void set_value(Execution& e) {
    const Comparison& comparison = comparisons()[static_cast<std::size_t>(e.operands[kIndex])];
    const std::int32_t a = e.operands[kFirstSource];
    const std::int32_t b = e.operands[kSecondSource];
    const std::uint32_t value = kSetResults[e.operands[kResult]].holds;
    const std::uint32_t low = combine(e, comparison.holds(e, a, b));
    const std::uint32_t high =
        comparison.holds_high != nullptr ? combine(e, comparison.holds_high(e, a, b)) : 0;
    isa::LaneRegister out;
    for (std::uint32_t lane = 0; lane < isa::kLanes; ++lane) {
        out[lane] = (((low >> lane) & 1u) != 0 ? value : 0) |
                    (((high >> lane) & 1u) != 0 ? value << 16 : 0);
    }
    write_lanes(e.registers32[e.operands[kDestination]], out, e.mask);
}

/// The parts of "setp.lt.and.ftz.f32" or "set.lt.u32.f32", in any order.
struct Spelling {
    std::string_view compare;
    Combine combine = Combine::kNone;
    bool flush = false;
    std::vector<std::string_view> types;
};

Combine combine_of(std::string_view word) {
    return word == "and"   ? Combine::kAnd
           : word == "or"  ? Combine::kOr
           : word == "xor" ? Combine::kXor
                           : Combine::kNone;
}

[[noreturn]] void refuse(const Decoder& decoder, const std::string& form) {
    const std::string_view opcode = decoder.statement().opcode;
    if (const std::string note = unsupported_note(opcode); !note.empty()) {
        decoder.fail_here(fmt::format("unsupported instruction '{}': {}", opcode, note));
    }
    const std::array<std::string_view, 1> forms{form};
    decoder.unsupported(forms);
}

constexpr std::string_view kComparisons =
    "with cmp one of eq ne (b16 b32 b64); eq ne lt le gt ge (s16 s32 s64); these and lo ls hi hs "
    "(u16 u32 u64); eq ne lt le gt ge equ neu ltu leu gtu geu num nan (f16 f16x2 f32 f64)";

std::string form_of(std::string_view word) {
    return word == "setp" ? fmt::format("setp.cmp[.and|.or|.xor][.ftz].type {}", kComparisons)
                          : fmt::format(
                                "set.cmp[.and|.or|.xor][.ftz].{{u32,s32,f32,f16,u16,s16,"
                                "f16x2}}.type {}",
                                kComparisons);
}

Spelling spell(const Decoder& decoder) {
    Spelling spelling;
    const auto& words = decoder.words();
    for (std::size_t i = 1; i < words.size(); ++i) {
        const Combine combine = combine_of(words[i]);
        if (is_type_word(words[i])) {
            spelling.types.push_back(words[i]);
        } else if (combine != Combine::kNone && spelling.combine == Combine::kNone) {
            spelling.combine = combine;
        } else if (words[i] == "ftz" && !spelling.flush) {
            spelling.flush = true;
        } else if (spelling.compare.empty()) {
            spelling.compare = words[i];
        } else {
            refuse(decoder, form_of(words[0]));
        }
    }
    return spelling;
}

void decode_sources(Decoder& decoder, const Spelling& spelling, std::int32_t index) {
    const Comparison& comparison = comparisons()[static_cast<std::size_t>(index)];
    decoder.emit_operand(decoder.read(decoder.operand(1), comparison.source));
    decoder.emit_operand(decoder.read(decoder.operand(2), comparison.source));
    decoder.op.modifier = static_cast<std::uint8_t>(spelling.combine);
    if (spelling.combine != Combine::kNone) {
        OperandNode third = decoder.operand(3);
        if (third.negated) decoder.op.modifier |= kNegateThird;
        third.negated = false;
        decoder.emit_operand(decoder.read(third, Slot::kReadPredicate));
    } else {
        decoder.emit_operand(-1);
    }
    decoder.emit_number(index);
    decoder.instruction.operation = comparison.operation;
}

/// A destination predicate; "_" takes none.
std::int32_t write_or_drop(Decoder& decoder, const OperandNode& node) {
    return node.text == "_" ? -1 : decoder.write(node, Slot::kWritePredicate);
}

}  // namespace

void decode_setp(Decoder& decoder) {
    const Spelling spelling = spell(decoder);
    const std::int32_t index =
        spelling.types.size() == 1
            ? find_comparison(spelling.compare, spelling.flush, spelling.types[0])
            : -1;
    if (index < 0) refuse(decoder, form_of("setp"));
    const std::size_t expected = spelling.combine == Combine::kNone ? 3 : 4;
    decoder.expect_operands(expected, expected);
    const OperandNode& destination = decoder.operand(0);
    if (destination.kind == OperandKind::kPair) {
        if (spelling.types[0] == "f16") {
            decoder.fail_at(destination, "setp of f16 has one destination, p; only f16x2 has p|q");
        }
        for (const OperandNode& part : destination.elements) {
            decoder.emit_operand(write_or_drop(decoder, part));
        }
    } else {
        decoder.emit_operand(decoder.write(destination, Slot::kWritePredicate));
        decoder.emit_operand(-1);
    }
    decode_sources(decoder, spelling, index);
    decoder.op.handler = set_predicates;
    decoder.commit();
}

void decode_set(Decoder& decoder) {
    const Spelling spelling = spell(decoder);
    if (spelling.types.size() != 2) refuse(decoder, form_of("set"));
    const std::int32_t index = find_comparison(spelling.compare, spelling.flush, spelling.types[1]);
    const auto* const result =
        std::find_if(std::begin(kSetResults), std::end(kSetResults), [&](const SetResult& row) {
            return row.type == spelling.types[0] && takes(row, spelling.types[1]);
        });
    if (index < 0 || result == std::end(kSetResults)) refuse(decoder, form_of("set"));
    const std::size_t expected = spelling.combine == Combine::kNone ? 3 : 4;
    decoder.expect_operands(expected, expected);
    decoder.emit_operand(decoder.write(decoder.operand(0), result->slot));
    decoder.emit_operand(-1);
    decode_sources(decoder, spelling, index);
    decoder.emit_number(static_cast<std::int32_t>(result - std::begin(kSetResults)));
    decoder.op.handler = set_value;
    decoder.commit();
}

}  // namespace sptc::ptx
