// f16 and f16x2 arithmetic: PTX ISA 9.1, "Half Precision Floating-Point Instructions". One rounding
// to nearest even.
#include "models/types/data_type.hpp"
#include "traces/ptx/instruction_table.hpp"
#include "traces/ptx/rounding.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

double widen(std::uint16_t bits) { return types::f16_to_f64(bits); }

// Sums and products of two f16 are exact in f64; a product plus an f16 is rounded to odd before the
// only rounding.
struct Add {
    Half operator()(Half a, Half b) const {
        return {types::f64_to_f16(widen(a.bits) + widen(b.bits))};
    }
};
struct Subtract {
    Half operator()(Half a, Half b) const {
        return {types::f64_to_f16(widen(a.bits) - widen(b.bits))};
    }
};
struct Multiply {
    Half operator()(Half a, Half b) const {
        return {types::f64_to_f16(widen(a.bits) * widen(b.bits))};
    }
};
struct MultiplyAdd {
    Half operator()(Half a, Half b, Half c) const {
        return {types::f64_to_f16(add_round_to_odd(widen(a.bits) * widen(b.bits), widen(c.bits)))};
    }
};

template <class Function>
struct Both {
    template <class... Pair>
    HalfPair operator()(Pair... pair) const {
        return {Function{}(Half{pair.low}...).bits, Function{}(Half{pair.high}...).bits};
    }
};

}  // namespace

void add_half_rows(InstructionTable& table) {
    const auto half = Operation::kFloat16;
    for (const std::string rounding : {"", "rn."}) {
        add_row<Add, Half, Half, Half>(table, "add." + rounding + "f16", half);
        add_row<Subtract, Half, Half, Half>(table, "sub." + rounding + "f16", half);
        add_row<Multiply, Half, Half, Half>(table, "mul." + rounding + "f16", half);
        add_row<Both<Add>, HalfPair, HalfPair, HalfPair>(table, "add." + rounding + "f16x2", half);
        add_row<Both<Subtract>, HalfPair, HalfPair, HalfPair>(table, "sub." + rounding + "f16x2",
                                                              half);
        add_row<Both<Multiply>, HalfPair, HalfPair, HalfPair>(table, "mul." + rounding + "f16x2",
                                                              half);
    }
    add_row<MultiplyAdd, Half, Half, Half, Half>(table, "fma.rn.f16", half);
    add_row<Both<MultiplyAdd>, HalfPair, HalfPair, HalfPair, HalfPair>(table, "fma.rn.f16x2", half);
}

}  // namespace sptc::ptx
