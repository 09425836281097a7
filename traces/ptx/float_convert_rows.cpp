// Conversions from and to floating point: PTX ISA 9.1, cvt. Integer to integer is in
// decode_convert.cpp.
#include <limits>

#include "models/types/data_type.hpp"
#include "traces/ptx/instruction_table.hpp"
#include "traces/ptx/rounding.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

/// Rounded to f32 once; NaN becomes the canonical one.
float to_f32(double value) {
    return value != value ? std::bit_cast<float>(kNanF32) : static_cast<float>(value);
}

struct HalfToFloat {
    float operator()(Half a) const { return to_f32(types::f16_to_f64(a.bits)); }
};
struct HalfToDouble {
    double operator()(Half a) const { return types::f16_to_f64(a.bits); }
};
struct FloatToHalf {
    Half operator()(float a) const { return {types::f64_to_f16(static_cast<double>(a))}; }
};
struct DoubleToHalf {
    Half operator()(double a) const { return {types::f64_to_f16(a)}; }
};
/// cvt.rn.f16x2.f32 d, a, b: a becomes the high half.
struct FloatsToHalfPair {
    HalfPair operator()(float a, float b) const {
        return {FloatToHalf{}(b).bits, FloatToHalf{}(a).bits};
    }
};
struct FloatToDouble {
    double operator()(float a) const { return static_cast<double>(a); }
};
struct DoubleToFloat {
    float operator()(double a) const { return to_f32(a); }
};
template <class Real>
struct ToReal {
    template <class Integer>
    Real operator()(Integer a) const {
        return static_cast<Real>(a);
    }
};
struct IntegerToHalf {
    template <class Integer>
    Half operator()(Integer a) const {
        return {types::f64_to_f16(static_cast<double>(a))};
    }
};

/// Out of range is clamped, NaN becomes 0. The rounding is to nearest even or towards zero.
template <class Integer, bool kNearest>
struct ToInteger {
    template <class Real>
    Integer operator()(Real a) const {
        const double value = static_cast<double>(a);
        if (value != value) return 0;
        constexpr double low = static_cast<double>(std::numeric_limits<Integer>::min());
        constexpr double high = static_cast<double>(std::numeric_limits<Integer>::max()) + 1.0;
        const double rounded = kNearest ? nearest(value) : value;
        if (rounded >= high) return std::numeric_limits<Integer>::max();
        if (rounded <= low) return std::numeric_limits<Integer>::min();
        return static_cast<Integer>(rounded);
    }

  private:
    static double nearest(double value) {
        // Adding 2^52 leaves no fraction bits, so the addition rounds to the nearest even integer.
        constexpr double magic = 0x1p52;
        if (value >= magic || value <= -magic) return value;
        return value < 0 ? (value - magic) + magic : (value + magic) - magic;
    }
};

template <class Integer>
void add_integer(InstructionTable& table, const std::string& type) {
    const auto convert = Operation::kConvert;
    add_row<ToReal<float>, float, Integer>(table, "cvt.rn.f32." + type, convert);
    add_row<ToReal<double>, double, Integer>(table, "cvt.rn.f64." + type, convert);
    add_row<ToInteger<Integer, false>, Integer, float>(table, "cvt.rzi." + type + ".f32", convert);
    add_row<ToInteger<Integer, true>, Integer, float>(table, "cvt.rni." + type + ".f32", convert);
    add_row<ToInteger<Integer, false>, Integer, double>(table, "cvt.rzi." + type + ".f64", convert);
    add_row<ToInteger<Integer, true>, Integer, double>(table, "cvt.rni." + type + ".f64", convert);
}

}  // namespace

void add_float_convert_rows(InstructionTable& table) {
    const auto convert = Operation::kConvert;
    add_row<HalfToFloat, float, Half>(table, "cvt.f32.f16", convert);
    add_row<HalfToDouble, double, Half>(table, "cvt.f64.f16", convert);
    add_row<FloatToHalf, Half, float>(table, "cvt.rn.f16.f32", convert);
    add_row<DoubleToHalf, Half, double>(table, "cvt.rn.f16.f64", convert);
    add_row<FloatsToHalfPair, HalfPair, float, float>(table, "cvt.rn.f16x2.f32", convert);
    add_row<FloatToDouble, double, float>(table, "cvt.f64.f32", convert);
    add_row<DoubleToFloat, float, double>(table, "cvt.rn.f32.f64", convert);
    add_row<IntegerToHalf, Half, std::uint16_t>(table, "cvt.rn.f16.u16", convert);
    add_row<IntegerToHalf, Half, std::int16_t>(table, "cvt.rn.f16.s16", convert);
    add_row<IntegerToHalf, Half, std::uint32_t>(table, "cvt.rn.f16.u32", convert);
    add_row<IntegerToHalf, Half, std::int32_t>(table, "cvt.rn.f16.s32", convert);
    add_integer<std::uint16_t>(table, "u16");
    add_integer<std::int16_t>(table, "s16");
    add_integer<std::uint32_t>(table, "u32");
    add_integer<std::int32_t>(table, "s32");
    add_integer<std::uint64_t>(table, "u64");
    add_integer<std::int64_t>(table, "s64");
}

}  // namespace sptc::ptx
