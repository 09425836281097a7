// cvt of one value, and cvt.pack.
#include <fmt/format.h>

#include <algorithm>

#include "traces/ptx/convert.hpp"
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/opcode_key.hpp"

namespace sptc::ptx {
namespace {

constexpr std::array<std::string_view, 5> kForms{
    "cvt[.sat].{u,s}{8,16,32,64}.{u,s}{8,16,32,64} d, a",
    "cvt.{rn,rz,rm,rp}[.ftz][.sat].{f16,f32,f64}.{integer,f16,f32,f64} d, a",
    "cvt.{rni,rzi,rmi,rpi}[.ftz][.sat].{integer or the same float}.{f16,f32,f64} d, a",
    "cvt.{rn,rz}[.relu][.satfinite].{f16,bf16}.f32 d, a; cvt.rna.tf32.f32 d, a",
    "cvt.{rn,rz}[.relu][.satfinite].{f16x2,bf16x2}.f32 d, a, b"};

struct RoundingWord {
    std::string_view word;
    Round round;
    bool to_integer;
};
constexpr RoundingWord kRoundings[] = {{"rn", Round::kNearestEven, false},
                                       {"rz", Round::kTowardZero, false},
                                       {"rm", Round::kDown, false},
                                       {"rp", Round::kUp, false},
                                       {"rna", Round::kNearestAway, false},
                                       {"rni", Round::kNearestEven, true},
                                       {"rzi", Round::kTowardZero, true},
                                       {"rmi", Round::kDown, true},
                                       {"rpi", Round::kUp, true}};

int type_index(std::string_view name) {
    const auto* const found = std::find_if(kConvertTypes.begin(), kConvertTypes.end(),
                                           [&](const ConvertType& t) { return t.name == name; });
    return found == kConvertTypes.end() ? -1 : static_cast<int>(found - kConvertTypes.begin());
}

/// A cvt as it is spelled, before it is known to exist.
struct Spelling {
    Conversion conversion;
    bool rounds = false;
};

/// False for words that cvt of one value does not have.
bool spell(const std::vector<std::string_view>& words, Spelling& spelling) {
    int types = 0;
    Conversion& c = spelling.conversion;
    const auto once = [](bool& flag) { return !std::exchange(flag, true); };
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (is_type_word(word)) {
            const int index = type_index(word);
            if (index < 0 || types == 2) return false;
            (types++ == 0 ? c.to : c.from) = static_cast<std::uint8_t>(index);
            continue;
        }
        const auto* const rounding =
            std::find_if(std::begin(kRoundings), std::end(kRoundings),
                         [&](const RoundingWord& row) { return row.word == word; });
        bool first = false;
        if (rounding != std::end(kRoundings)) {
            first = once(spelling.rounds);
            c.round = rounding->round;
            c.to_integer = rounding->to_integer;
        } else if (word == "ftz") {
            first = once(c.flush);
        } else if (word == "sat") {
            first = once(c.saturate);
        } else if (word == "relu") {
            first = once(c.relu);
        } else if (word == "satfinite") {
            first = once(c.saturate_finite);
        }
        if (!first) return false;
    }
    return types == 2;
}

/// Can a value of `from` lie outside of `to`? Both are integers.
bool may_clamp(const ConvertType& to, const ConvertType& from) {
    if (from.is_signed && !to.is_signed) return true;
    const int to_magnitude = to.bits - (to.is_signed ? 1 : 0);
    const int from_magnitude = from.bits - (from.is_signed ? 1 : 0);
    return from_magnitude > to_magnitude;
}

// PTX ISA 9.1, cvt; where it says less than ptxas 13 accepts for sm_80, ptxas.
bool exists_between_floats(const Spelling& s) {
    const Conversion& c = s.conversion;
    const FloatFormat* const to = c.target().format;
    const FloatFormat* const from = c.source().format;
    const bool narrow_special = c.relu || c.saturate_finite;
    if (to == &kTf32) {
        return from == &kF32 && c.round == Round::kNearestAway && s.rounds && !c.flush &&
               !c.saturate && !c.relu;
    }
    if (c.round == Round::kNearestAway) return false;
    if (from == &kBf16) {
        return to == &kF32 && !c.to_integer && !c.flush && !c.saturate && !narrow_special;
    }
    if (to == &kBf16) {
        const bool plain = !narrow_special || (!c.flush && c.round <= Round::kTowardZero);
        return from == &kF32 && s.rounds && !c.to_integer && !c.saturate && plain;
    }
    if (from == &kTf32) return false;
    if (narrow_special) {
        return to == &kF16 && from == &kF32 && s.rounds && !c.to_integer && !c.flush &&
               !c.saturate && c.round <= Round::kTowardZero;
    }
    if (c.flush && to != &kF32 && from != &kF32) return false;
    if (to == from) return s.rounds == c.to_integer;
    const bool narrowing = to->fraction_bits < from->fraction_bits;
    return s.rounds == narrowing && !c.to_integer;
}

bool exists(const Spelling& s) {
    const Conversion& c = s.conversion;
    const ConvertType& to = c.target();
    const ConvertType& from = c.source();
    if (to.format != nullptr && from.format != nullptr) return exists_between_floats(s);
    if (c.relu || c.saturate_finite || c.round == Round::kNearestAway) return false;
    if (to.format == nullptr && from.format == nullptr) {
        return !s.rounds && !c.flush && (!c.saturate || may_clamp(to, from));
    }
    if (to.format == nullptr) {
        const bool known = from.format != &kBf16 && from.format != &kTf32;
        return known && c.to_integer && (!c.flush || from.format == &kF32);
    }
    const bool known = to.format != &kBf16 && to.format != &kTf32;
    return known && s.rounds && !c.to_integer && (!c.flush || to.format == &kF32);
}

/// Operands: d, a, the code of the conversion.
template <class Destination, class Source>
void convert_lanes(Execution& e) {
    const Conversion conversion = conversion_of(e.operands[2]);
    const auto& source = register_lanes<Source>(e, e.operands[1]);
    Lanes<Destination> out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        out[lane] = static_cast<Container<Destination>>(convert(conversion, source[lane]));
    }
    if constexpr (sizeof(Destination) == 2) {
        for (auto& lane : out) lane &= 0xffff;
    }
    write_lanes(register_lanes<Destination>(e, e.operands[0]), out, e.mask);
}

/// Between integers, without the generic path: extended from the source's type, then to the
/// result's.
template <class Destination, class Source>
void convert_integers(Execution& e) {
    const Conversion conversion = conversion_of(e.operands[2]);
    const ConvertType& to = conversion.target();
    const ConvertType& from = conversion.source();
    const auto& source = register_lanes<Source>(e, e.operands[1]);
    const auto extend = [](std::uint64_t value, int unused, bool is_signed) {
        return is_signed ? static_cast<std::uint64_t>(static_cast<std::int64_t>(value << unused) >>
                                                      unused)
                         : value << unused >> unused;
    };
    Lanes<Destination> out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        const std::uint64_t value = extend(source[lane], 64 - from.bits, from.is_signed);
        out[lane] = static_cast<Container<Destination>>(extend(value, 64 - to.bits, to.is_signed));
    }
    if constexpr (sizeof(Destination) == 2) {
        for (auto& lane : out) lane &= 0xffff;
    }
    write_lanes(register_lanes<Destination>(e, e.operands[0]), out, e.mask);
}

template <template <class, class> class Choice>
Handler by_width(Width to, Width from) {
    using U16 = std::uint16_t;
    using U32 = std::uint32_t;
    using U64 = std::uint64_t;
    if (to == Width::k64) {
        return from == Width::k64 ? Choice<U64, U64>::handler : Choice<U64, U32>::handler;
    }
    if (to == Width::k16) {
        return from == Width::k64 ? Choice<U16, U64>::handler : Choice<U16, U32>::handler;
    }
    return from == Width::k64 ? Choice<U32, U64>::handler : Choice<U32, U32>::handler;
}
template <class To, class From>
struct Generic {
    static constexpr Handler handler = convert_lanes<To, From>;
};
template <class To, class From>
struct Integers {
    static constexpr Handler handler = convert_integers<To, From>;
};

int bits_of_width(Width width) { return width == Width::k64 ? 64 : width == Width::k32 ? 32 : 16; }

/// Registers may be wider than an integer type; a float fills its register.
void check_width(const Decoder& decoder, std::size_t index, Width width, const ConvertType& type) {
    const int bits = bits_of_width(width);
    const bool fits = type.format != nullptr ? bits == type.bits : bits >= type.bits;
    if (fits) return;
    decoder.fail_at(
        decoder.operand(index),
        fmt::format("'{}' has {} bits, but .{} needs {}{}", decoder.operand(index).text, bits,
                    type.name, type.bits, type.format != nullptr ? "" : " or more"));
}

/// A source of cvt: a register, or a number of the source's type.
std::int32_t read_source(Decoder& decoder, const ConvertType& type, Width& width) {
    const OperandNode& node = decoder.operand(1);
    if (node.kind == OperandKind::kName) {
        const std::int32_t slot = decoder.read_any(node, width);
        check_width(decoder, 1, width, type);
        return slot;
    }
    width = type.bits == 64 ? Width::k64 : Width::k32;
    if (type.format == &kF32) return decoder.read(node, Slot::kReadF32);
    if (type.format == &kF64) return decoder.read(node, Slot::kReadF64);
    return decoder.read(node, type.bits == 64 ? Slot::kRead64 : Slot::kRead32);
}

}  // namespace

void decode_cvt(Decoder& decoder) {
    const InstructionRow* const row = find_row(decoder.statement().opcode);
    Spelling spelling;
    if (!spell(decoder.words(), spelling)) {
        if (row != nullptr) return decode_row(decoder);
        decoder.unsupported(kForms);
    }
    if (!exists(spelling)) decoder.unsupported(kForms);
    decoder.expect_operands(2, 2);
    const Conversion& conversion = spelling.conversion;
    Width to{};
    Width from{};
    const std::int32_t destination = decoder.write_any(decoder.operand(0), to);
    check_width(decoder, 0, to, conversion.target());
    decoder.emit_operand(destination);
    decoder.emit_operand(read_source(decoder, conversion.source(), from));
    decoder.emit_number(code_of(conversion));
    const bool integers =
        conversion.target().format == nullptr && conversion.source().format == nullptr;
    if (row != nullptr && bits_of_width(to) == conversion.target().bits &&
        bits_of_width(from) == conversion.source().bits) {
        decoder.op.handler = row->handler;
    } else if (integers && !conversion.saturate) {
        decoder.op.handler = by_width<Integers>(to, from);
    } else {
        decoder.op.handler = by_width<Generic>(to, from);
    }
    decoder.instruction.operation = isa::Operation::kConvert;
    decoder.commit();
}

}  // namespace sptc::ptx
