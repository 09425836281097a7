// Logic and shifts: PTX ISA 9.1, "Logic and Shift Instructions".
#include <algorithm>

#include "traces/ptx/decoder.hpp"
#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

struct And {
    template <class T>
    T operator()(T a, T b) const {
        return static_cast<T>(a & b);
    }
};
struct Or {
    template <class T>
    T operator()(T a, T b) const {
        return static_cast<T>(a | b);
    }
};
struct Xor {
    template <class T>
    T operator()(T a, T b) const {
        return static_cast<T>(a ^ b);
    }
};
struct Not {
    template <class T>
    T operator()(T a) const {
        return static_cast<T>(~a);
    }
};
/// 1 where a is 0.
struct LogicalNot {
    template <class T>
    T operator()(T a) const {
        return a == 0 ? T{1} : T{0};
    }
};
/// Amounts of the register's width and more shift everything out.
struct ShiftLeft {
    template <class T>
    T operator()(T a, std::uint32_t amount) const {
        constexpr std::uint32_t bits = 8 * sizeof(T);
        return amount >= bits ? T{0} : static_cast<T>(std::uint64_t{a} << amount);
    }
};
struct ShiftRight {
    template <class T>
    T operator()(T a, std::uint32_t amount) const {
        constexpr std::uint32_t bits = 8 * sizeof(T);
        return static_cast<T>(amount >= bits ? (a < 0 ? T(-1) : T{0})
                                             : static_cast<T>(a >> amount));
    }
};
/// The two halves of b:a shifted together (shf); the amount is clamped or wraps at 32.
struct FunnelLeftWrap {
    std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t amount) const {
        const std::uint64_t both = (std::uint64_t{b} << 32) | a;
        return static_cast<std::uint32_t>((both << (amount & 31)) >> 32);
    }
};
struct FunnelRightWrap {
    std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t amount) const {
        const std::uint64_t both = (std::uint64_t{b} << 32) | a;
        return static_cast<std::uint32_t>(both >> (amount & 31));
    }
};
struct FunnelLeftClamp {
    std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t amount) const {
        return amount >= 32 ? a : FunnelLeftWrap{}(a, b, amount);
    }
};
struct FunnelRightClamp {
    std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t amount) const {
        return amount >= 32 ? b : FunnelRightWrap{}(a, b, amount);
    }
};

template <class Unsigned>
void add_width(InstructionTable& table, const std::string& bits) {
    using Signed = std::make_signed_t<Unsigned>;
    const auto alu = Operation::kIntegerAlu;
    add_row<And, Unsigned, Unsigned, Unsigned>(table, "and.b" + bits, alu);
    add_row<Or, Unsigned, Unsigned, Unsigned>(table, "or.b" + bits, alu);
    add_row<Xor, Unsigned, Unsigned, Unsigned>(table, "xor.b" + bits, alu);
    add_row<Not, Unsigned, Unsigned>(table, "not.b" + bits, alu);
    add_row<LogicalNot, Unsigned, Unsigned>(table, "cnot.b" + bits, alu);
    add_row<ShiftLeft, Unsigned, Unsigned, std::uint32_t>(table, "shl.b" + bits, alu);
    add_row<ShiftRight, Unsigned, Unsigned, std::uint32_t>(table, "shr.b" + bits, alu);
    add_row<ShiftRight, Unsigned, Unsigned, std::uint32_t>(table, "shr.u" + bits, alu);
    add_row<ShiftRight, Signed, Signed, std::uint32_t>(table, "shr.s" + bits, alu);
}

template <class Function>
void combine_predicates(Execution& e) {
    const std::uint32_t a = e.predicates[e.operands[1]];
    const std::uint32_t b = e.predicates[e.operands[2]];
    write_predicate(e, e.operands[0], Function{}(a, b));
}

template <class Function>
void transform_predicate(Execution& e) {
    write_predicate(e, e.operands[0], Function{}(e.predicates[e.operands[1]]));
}

struct Same {
    std::uint32_t operator()(std::uint32_t a) const { return a; }
};

/// lop3: operand 4 is the truth table of a, b, c as a constant.
isa::LaneRegister lookup(const Execution& e) {
    const auto& a = register_lanes<std::uint32_t>(e, e.operands[1]);
    const auto& b = register_lanes<std::uint32_t>(e, e.operands[2]);
    const auto& c = register_lanes<std::uint32_t>(e, e.operands[3]);
    const std::uint32_t table = register_lanes<std::uint32_t>(e, e.operands[4])[0];
    isa::LaneRegister out{};
    for (std::uint32_t minterm = 0; minterm < 8; ++minterm) {
        if (((table >> minterm) & 1u) == 0) continue;
        const std::uint32_t flip_a = (minterm & 4) != 0 ? 0 : kAllLanes;
        const std::uint32_t flip_b = (minterm & 2) != 0 ? 0 : kAllLanes;
        const std::uint32_t flip_c = (minterm & 1) != 0 ? 0 : kAllLanes;
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            out[lane] |= (a[lane] ^ flip_a) & (b[lane] ^ flip_b) & (c[lane] ^ flip_c);
        }
    }
    return out;
}

void lookup_three(Execution& e) {
    write_lanes(register_lanes<std::uint32_t>(e, e.operands[0]), lookup(e), e.mask);
}

/// Also p = (d != 0) and/or q. Operands: d or -1, a, b, c, the truth table, p, q; Op::modifier is 1
/// for "or".
void lookup_three_with_predicate(Execution& e) {
    const isa::LaneRegister out = lookup(e);
    const std::uint32_t some = collect([&](std::uint32_t lane) { return out[lane] != 0; });
    const std::uint32_t q = e.predicates[e.operands[6]];
    if (e.operands[0] >= 0) write_lanes(e.registers32[e.operands[0]], out, e.mask);
    write_predicate(e, e.operands[5], e.op.modifier != 0 ? some | q : some & q);
}

}  // namespace

void decode_lop3(Decoder& decoder) {
    const auto& words = decoder.words();
    const auto has = [&](std::string_view word) {
        return std::find(words.begin(), words.end(), word) != words.end();
    };
    const bool with_predicate = words.size() == 3 && has("b32") && (has("and") || has("or"));
    if (words.size() == 2 && has("b32")) {
        decoder.expect_operands(5, 5);
        (void)decoder.immediate(decoder.operand(4), 0, 0xff);
        return decode_row(decoder);
    }
    static constexpr std::array<std::string_view, 2> kForms{
        "lop3.b32 d, a, b, c, table", "lop3.{and,or}.b32 d|p, a, b, c, table, q"};
    if (!with_predicate) decoder.unsupported(kForms);
    decoder.expect_operands(6, 6);
    const OperandNode& both = decoder.operand(0);
    if (both.kind != OperandKind::kPair) decoder.fail_at(both, "expected d|p, where d may be _");
    const OperandNode& d = both.elements[0];
    decoder.emit_operand(d.text == "_" ? -1 : decoder.write(d, Slot::kWrite32));
    for (std::size_t i = 1; i < 4; ++i) {
        decoder.emit_operand(decoder.read(decoder.operand(i), Slot::kRead32));
    }
    const std::uint64_t table = decoder.immediate(decoder.operand(4), 0, 0xff);
    decoder.emit_operand(decoder.constant32(static_cast<std::uint32_t>(table)));
    decoder.emit_operand(decoder.write(both.elements[1], Slot::kWritePredicate));
    decoder.emit_operand(decoder.read(decoder.operand(5), Slot::kReadPredicate));
    decoder.op.handler = lookup_three_with_predicate;
    decoder.op.modifier = has("or") ? 1 : 0;
    decoder.commit();
}

void add_logic_rows(InstructionTable& table) {
    using enum Slot;
    const auto alu = Operation::kIntegerAlu;
    add_width<std::uint16_t>(table, "16");
    add_width<std::uint32_t>(table, "32");
    add_width<std::uint64_t>(table, "64");
    constexpr std::array<Slot, 6> two{kWritePredicate, kReadPredicate, kReadPredicate};
    constexpr std::array<Slot, 6> one{kWritePredicate, kReadPredicate};
    table.push_back({"and.pred", two, combine_predicates<And>, alu});
    table.push_back({"or.pred", two, combine_predicates<Or>, alu});
    table.push_back({"xor.pred", two, combine_predicates<Xor>, alu});
    table.push_back({"not.pred", one, transform_predicate<Not>, alu});
    table.push_back({"mov.pred", one, transform_predicate<Same>, alu});
    using U = std::uint32_t;
    add_row<FunnelLeftWrap, U, U, U, U>(table, "shf.l.wrap.b32", alu);
    add_row<FunnelRightWrap, U, U, U, U>(table, "shf.r.wrap.b32", alu);
    add_row<FunnelLeftClamp, U, U, U, U>(table, "shf.l.clamp.b32", alu);
    add_row<FunnelRightClamp, U, U, U, U>(table, "shf.r.clamp.b32", alu);
    table.push_back(
        {"lop3.b32", {kWrite32, kRead32, kRead32, kRead32, kRead32}, lookup_three, alu});
}

}  // namespace sptc::ptx
