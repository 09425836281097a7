// mov, cvta, cvt between integers, and setp.
#include <fmt/format.h>

#include <algorithm>

#include "traces/ptx/compare_rows.hpp"
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/fundamental_type.hpp"
#include "traces/ptx/special_registers.hpp"

namespace sptc::ptx {
namespace {

constexpr std::array<std::string_view, 3> kMovForms{
    "mov.{b16,u16,s16,b32,u32,s32,f32,b64,u64,s64,f64,pred} d, a", "mov.b32 d, {lo, hi}",
    "mov.b64 {lo, hi}, a"};
constexpr std::array<std::string_view, 2> kCvtaForms{"cvta.{global,shared}.u64 d, a",
                                                     "cvta.to.{global,shared}.u64 d, a"};

/// Where shared memory begins in the generic address space (assumed; a program cannot rely on it).
constexpr std::uint64_t kSharedWindow = 0x0100'0000'0000'0000u;

template <class T>
void copy(Execution& e) {
    write_lanes(register_lanes<T>(e, e.operands[0]), register_lanes<T>(e, e.operands[1]), e.mask);
}

/// d = {lo, hi}: two 16-bit registers.
void pack_halves(Execution& e) {
    const auto& low = e.registers32[e.operands[1]];
    const auto& high = e.registers32[e.operands[2]];
    isa::LaneRegister out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        out[lane] = (low[lane] & 0xffff) | (high[lane] << 16);
    }
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
}

void unpack_halves(Execution& e) {
    isa::LaneRegister low = e.registers32[e.operands[2]];
    isa::LaneRegister high = low;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        low[lane] &= 0xffff;
        high[lane] >>= 16;
    }
    write_lanes(e.registers32[e.operands[0]], low, e.mask);
    write_lanes(e.registers32[e.operands[1]], high, e.mask);
}

void pack_words(Execution& e) {
    const auto& low = e.registers32[e.operands[1]];
    const auto& high = e.registers32[e.operands[2]];
    LaneRegister64 out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        out[lane] = low[lane] | (std::uint64_t{high[lane]} << 32);
    }
    write_lanes(e.registers64[e.operands[0]], out, e.mask);
}

void unpack_words(Execution& e) {
    const LaneRegister64 both = e.registers64[e.operands[2]];
    isa::LaneRegister low;
    isa::LaneRegister high;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        low[lane] = static_cast<std::uint32_t>(both[lane]);
        high[lane] = static_cast<std::uint32_t>(both[lane] >> 32);
    }
    write_lanes(e.registers32[e.operands[0]], low, e.mask);
    write_lanes(e.registers32[e.operands[1]], high, e.mask);
}

void add_window(Execution& e) {
    LaneRegister64 out = e.registers64[e.operands[1]];
    for (std::uint64_t& lane : out) lane += kSharedWindow;
    write_lanes(e.registers64[e.operands[0]], out, e.mask);
}

void subtract_window(Execution& e) {
    LaneRegister64 out = e.registers64[e.operands[1]];
    for (std::uint64_t& lane : out) lane -= kSharedWindow;
    write_lanes(e.registers64[e.operands[0]], out, e.mask);
}

/// One integer type of cvt.
struct IntegerType {
    std::string_view name;
    std::uint32_t bits;
    bool is_signed;
};
constexpr IntegerType kIntegerTypes[] = {{"u8", 8, false},   {"s8", 8, true},    {"u16", 16, false},
                                         {"s16", 16, true},  {"u32", 32, false}, {"s32", 32, true},
                                         {"u64", 64, false}, {"s64", 64, true}};

/// Row numbers of the two types in Op::modifier: destination times 8 plus source; kSaturate clamps.
constexpr std::uint8_t kSaturate = 0x40;

std::uint64_t extend(std::uint64_t value, const IntegerType& type) {
    const std::uint32_t unused = 64 - type.bits;
    if (type.is_signed) {
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(value << unused) >>
                                          static_cast<int>(unused));
    }
    return value << unused >> unused;
}

/// The nearest value of `to` for a value already extended from `from`.
std::uint64_t saturate(std::uint64_t value, const IntegerType& from, const IntegerType& to) {
    const bool negative = from.is_signed && static_cast<std::int64_t>(value) < 0;
    const std::uint64_t highest =
        to.is_signed ? (1ull << (to.bits - 1)) - 1 : UINT64_MAX >> (64 - to.bits);
    if (!negative) return std::min(value, highest);
    if (!to.is_signed) return 0;
    const auto lowest = -static_cast<std::int64_t>(highest) - 1;
    return static_cast<std::uint64_t>(std::max(static_cast<std::int64_t>(value), lowest));
}

template <class Destination, class Source>
void convert_integer(Execution& e) {
    const IntegerType& to = kIntegerTypes[(e.op.modifier >> 3) & 7];
    const IntegerType& from = kIntegerTypes[e.op.modifier & 7];
    const auto& source = register_lanes<Source>(e, e.operands[1]);
    Lanes<Destination> out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        std::uint64_t value = extend(source[lane], from);
        if ((e.op.modifier & kSaturate) != 0) value = saturate(value, from, to);
        out[lane] = static_cast<Container<Destination>>(extend(value, to));
    }
    write_lanes(register_lanes<Destination>(e, e.operands[0]), out, e.mask);
}

int integer_type_index(std::string_view name) {
    for (int i = 0; i < static_cast<int>(std::size(kIntegerTypes)); ++i) {
        if (kIntegerTypes[i].name == name) return i;
    }
    return -1;
}

struct Halves {
    Slot whole;
    Slot half;
    Handler pack;
    Handler unpack;
};

void decode_packed_mov(Decoder& decoder, const Halves& halves) {
    const bool pack = decoder.operand(1).kind == OperandKind::kVector;
    const auto parts = Decoder::elements(decoder.operand(pack ? 1 : 0));
    if (parts.size() != 2) {
        decoder.fail_at(decoder.operand(pack ? 1 : 0), "expected two elements: {lo, hi}");
    }
    const auto written = [](Slot slot) {
        return slot == Slot::kRead16   ? Slot::kWrite16
               : slot == Slot::kRead32 ? Slot::kWrite32
                                       : Slot::kWrite64;
    };
    decoder.op.handler = pack ? halves.pack : halves.unpack;
    if (pack) {
        decoder.emit_operand(decoder.write(decoder.operand(0), written(halves.whole)));
        for (const OperandNode& part : parts) decoder.emit_operand(decoder.read(part, halves.half));
    } else {
        for (const OperandNode& part : parts) {
            decoder.emit_operand(decoder.write(part, written(halves.half)));
        }
        decoder.emit_operand(decoder.read(decoder.operand(1), halves.whole));
    }
    decoder.commit();
}

}  // namespace

void decode_mov(Decoder& decoder) {
    decoder.expect_operands(2, 2);
    const std::string_view type = decoder.words().back();
    if (type == "pred" && decoder.words().size() == 2) return decode_row(decoder);
    const std::uint32_t bytes = bytes_of_type(type);
    if (decoder.words().size() != 2 || bytes < 2) decoder.unsupported(kMovForms);
    const OperandNode& source = decoder.operand(1);
    if (source.kind == OperandKind::kVector || decoder.operand(0).kind == OperandKind::kVector) {
        if (type == "b32") {
            return decode_packed_mov(decoder,
                                     {Slot::kRead32, Slot::kRead16, pack_halves, unpack_halves});
        }
        if (type == "b64") {
            return decode_packed_mov(decoder,
                                     {Slot::kRead64, Slot::kRead32, pack_words, unpack_words});
        }
        decoder.unsupported(kMovForms);
    }
    const Slot write = bytes == 8 ? Slot::kWrite64 : bytes == 4 ? Slot::kWrite32 : Slot::kWrite16;
    decoder.emit_operand(decoder.write(decoder.operand(0), write));
    const bool is_name = source.kind == OperandKind::kName && !source.negated;
    if (is_name && decoder.find_register(source) == nullptr) {
        if (const SpecialRegister* special = find_special_register(source.text)) {
            const bool wide = special->width == Width::k64;
            if (wide != (bytes == 8) || bytes < 4) {
                decoder.fail_at(
                    source, fmt::format("{} is read with mov.u{}", special->name, wide ? 64 : 32));
            }
            decoder.op.handler = read_special_register;
            decoder.op.modifier = special_register_index(*special);
            decoder.instruction.operation = special->operation;
            return decoder.commit();
        }
        const std::int64_t symbol =
            source.text == "WARP_SZ" ? isa::kLanes : decoder.shared_symbol(source);
        if (symbol < 0) {
            decoder.fail_at(source, fmt::format("'{}' is neither a register, a special register "
                                                "nor a shared variable",
                                                source.text));
        }
        if (bytes < 4) decoder.fail_at(source, "an address needs 32 or 64 bits");
        const auto value = static_cast<std::uint64_t>(symbol);
        decoder.emit_operand(bytes == 8 ? decoder.constant64(value)
                                        : decoder.constant32(static_cast<std::uint32_t>(value)));
    } else {
        const bool real = type == "f32" || type == "f64";
        const Slot read = bytes == 8   ? (real ? Slot::kReadF64 : Slot::kRead64)
                          : bytes == 4 ? (real ? Slot::kReadF32 : Slot::kRead32)
                                       : Slot::kRead16;
        decoder.emit_operand(decoder.read(source, read));
    }
    decoder.op.handler = bytes == 8 ? copy<std::uint64_t> : copy<std::uint32_t>;
    decoder.commit();
}

void decode_cvta(Decoder& decoder) {
    decoder.expect_operands(2, 2);
    const auto& words = decoder.words();
    const bool to = words.size() > 1 && words[1] == "to";
    const std::size_t space = to ? 2 : 1;
    if (words.size() != space + 2 || words[space + 1] != "u64") decoder.unsupported(kCvtaForms);
    if (words[space] == "global") {
        decoder.op.handler =
            copy<std::uint64_t>;  // generic addresses of global memory are the same
    } else if (words[space] == "shared" || words[space] == "shared::cta") {
        decoder.op.handler = to ? subtract_window : add_window;
    } else {
        decoder.unsupported(kCvtaForms);
    }
    decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWrite64));
    const OperandNode& source = decoder.operand(1);
    if (decoder.find_register(source) == nullptr && decoder.shared_symbol(source) >= 0) {
        decoder.emit_operand(
            decoder.constant64(static_cast<std::uint64_t>(decoder.shared_symbol(source))));
    } else {
        decoder.emit_operand(decoder.read(source, Slot::kRead64));
    }
    decoder.commit();
}

void decode_cvt(Decoder& decoder) {
    const auto& words = decoder.words();
    const bool saturating = words.size() == 4 && words[1] == "sat";
    const int to = words.size() < 3 ? -1 : integer_type_index(words[words.size() - 2]);
    const int from = integer_type_index(words.back());
    if (to < 0 || from < 0 || (words.size() != 3 && !saturating)) return decode_row(decoder);
    decoder.expect_operands(2, 2);
    const auto bits_of = [](Width width) {
        return width == Width::k64 ? 64u : width == Width::k32 ? 32u : 16u;
    };
    Width wide_to{};
    Width wide_from{};
    decoder.emit_operand(decoder.write_any(decoder.operand(0), wide_to));
    decoder.emit_operand(decoder.read_any(decoder.operand(1), wide_from));
    for (const auto& [width, type, index] :
         {std::tuple{wide_to, to, 0}, std::tuple{wide_from, from, 1}}) {
        if (bits_of(width) < kIntegerTypes[type].bits) {
            decoder.fail_at(
                decoder.operand(static_cast<std::size_t>(index)),
                fmt::format("'{}' has {} bits, but .{} needs {}",
                            decoder.operand(static_cast<std::size_t>(index)).text, bits_of(width),
                            kIntegerTypes[type].name, kIntegerTypes[type].bits));
        }
    }
    using U32 = std::uint32_t;
    using U64 = std::uint64_t;
    if (wide_to == Width::k64) {
        decoder.op.handler =
            wide_from == Width::k64 ? convert_integer<U64, U64> : convert_integer<U64, U32>;
    } else {
        decoder.op.handler =
            wide_from == Width::k64 ? convert_integer<U32, U64> : convert_integer<U32, U32>;
    }
    decoder.op.modifier = static_cast<std::uint8_t>(to * 8 + from + (saturating ? kSaturate : 0));
    decoder.instruction.operation = isa::Operation::kConvert;
    decoder.commit();
}

void decode_setp(Decoder& decoder) {
    const auto& words = decoder.words();
    // "setp.lt.and.u32" is the row "setp.lt.u32" with a combination.
    std::string name = std::string(decoder.statement().opcode);
    Combine combine = Combine::kNone;
    if (words.size() == 4) {
        combine = words[2] == "and"   ? Combine::kAnd
                  : words[2] == "or"  ? Combine::kOr
                  : words[2] == "xor" ? Combine::kXor
                                      : Combine::kNone;
        if (combine != Combine::kNone) name = fmt::format("setp.{}.{}", words[1], words[3]);
    }
    const InstructionRow* row = find_row(name);
    if (row == nullptr) decoder.unsupported(rows_like("setp"));
    const std::size_t expected = combine == Combine::kNone ? 3 : 4;
    decoder.expect_operands(expected, expected);
    const OperandNode& destination = decoder.operand(0);
    if (destination.kind == OperandKind::kPair) {
        for (const OperandNode& part : destination.elements) {
            decoder.emit_operand(decoder.write(part, Slot::kWritePredicate));
        }
    } else {
        decoder.emit_operand(decoder.write(destination, Slot::kWritePredicate));
        decoder.emit_operand(-1);
    }
    decoder.emit_operand(decoder.read(decoder.operand(1), row->pattern[1]));
    decoder.emit_operand(decoder.read(decoder.operand(2), row->pattern[2]));
    decoder.op.modifier = static_cast<std::uint8_t>(combine);
    if (combine != Combine::kNone) {
        OperandNode third = decoder.operand(3);
        if (third.negated) decoder.op.modifier |= kNegateThird;
        third.negated = false;
        decoder.emit_operand(decoder.read(third, Slot::kReadPredicate));
    } else {
        decoder.emit_operand(-1);
    }
    decoder.op.handler = row->handler;
    decoder.instruction.operation = row->operation;
    decoder.commit();
}

}  // namespace sptc::ptx
