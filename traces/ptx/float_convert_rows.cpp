// Conversions that are common enough for a vectorised loop, and those of packed values: PTX ISA
// 9.1, cvt. All the others go through convert.hpp.
#include <limits>

#include "traces/ptx/convert.hpp"
#include "traces/ptx/float_arithmetic.hpp"
#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {
namespace {

constexpr auto kConvert = isa::Operation::kConvert;

struct WidenToFloat {
    template <class From>
    float operator()(From a) const {
        return is_nan(a) ? canonical_nan<float>() : widen_to_f32(a);
    }
};
/// f64 keeps the payload of a NaN, which becomes quiet.
struct WidenToDouble {
    template <class From>
    double operator()(From a) const {
        return keep_payload(widen(a), widen(a));
    }
};
template <class To, Round kRound = Round::kNearestEven>
struct Narrow {
    template <class From>
    To operator()(From a) const {
        return canonical(narrow_to<kRound, To>(widen(a)));
    }
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
        return narrow_to<Round::kNearestEven, Half>(static_cast<double>(a));
    }
};

/// Out of range is clamped. The rounding is to nearest even or towards zero.
template <class Integer, bool kNearest>
struct ToInteger {
    template <class Real>
    Integer operator()(Real a) const {
        const double value = static_cast<double>(a);
        constexpr bool kWide = sizeof(Real) == 8 || sizeof(Integer) == 8;
        if (value != value) {
            return kWide ? static_cast<Integer>(std::uint64_t{1} << (8 * sizeof(Integer) - 1))
                         : Integer{0};
        }
        constexpr double low = static_cast<double>(std::numeric_limits<Integer>::min());
        constexpr double high =
            static_cast<double>(std::numeric_limits<Integer>::max() / 2 + 1) * 2;
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
    add_row<ToReal<float>, float, Integer>(table, "cvt.rn.f32." + type, kConvert);
    add_row<ToReal<double>, double, Integer>(table, "cvt.rn.f64." + type, kConvert);
    add_row<ToInteger<Integer, false>, Integer, float>(table, "cvt.rzi." + type + ".f32", kConvert);
    add_row<ToInteger<Integer, true>, Integer, float>(table, "cvt.rni." + type + ".f32", kConvert);
    add_row<ToInteger<Integer, false>, Integer, double>(table, "cvt.rzi." + type + ".f64",
                                                        kConvert);
    add_row<ToInteger<Integer, true>, Integer, double>(table, "cvt.rni." + type + ".f64", kConvert);
}

/// d, a, b: a becomes the high half.
template <class T, class Pair, Round kRound, bool kRelu, bool kSaturateFinite>
struct FloatsToPair {
    Pair operator()(float a, float b) const { return {one(b).bits, one(a).bits}; }

  private:
    static T one(float a) {
        T value = Narrow<T, kRound>{}(a);
        if constexpr (kSaturateFinite) {
            if (magnitude_of(value) == infinity_bits<T>()) {
                value.bits = static_cast<std::uint16_t>(value.bits - 1);
            }
        }
        return clamp_result < kRelu ? Clamp::kRelu : Clamp::kNone > (value);
    }
};

template <class T, class Pair, Round kRound>
void add_pair_rounding(InstructionTable& table, const std::string& rounding,
                       const std::string& type) {
    const auto name = [&](const std::string& qualifiers) {
        return "cvt." + rounding + "." + qualifiers + type + ".f32";
    };
    using Plain = FloatsToPair<T, Pair, kRound, false, false>;
    using Relu = FloatsToPair<T, Pair, kRound, true, false>;
    using Finite = FloatsToPair<T, Pair, kRound, false, true>;
    using ReluFinite = FloatsToPair<T, Pair, kRound, true, true>;
    add_row<Plain, Pair, float, float>(table, name(""), kConvert);
    add_row<Relu, Pair, float, float>(table, name("relu."), kConvert);
    add_row<Finite, Pair, float, float>(table, name("satfinite."), kConvert);
    add_row<ReluFinite, Pair, float, float>(table, name("relu.satfinite."), kConvert);
}

template <class T, class Pair>
void add_pair(InstructionTable& table, const std::string& type) {
    add_pair_rounding<T, Pair, Round::kNearestEven>(table, "rn", type);
    add_pair_rounding<T, Pair, Round::kTowardZero>(table, "rz", type);
}

/// Two 8-bit floats in 16 bits.
struct BytePair {
    std::uint16_t bits;
};

template <FloatFormat kTo, bool kRelu>
std::uint16_t to_byte(const FloatFormat& from, std::uint64_t bits) {
    return static_cast<std::uint16_t>(
        convert_float(kTo, from, bits, Round::kNearestEven, kRelu, true));
}
template <FloatFormat kTo, bool kRelu>
struct FloatsToBytes {
    BytePair operator()(float a, float b) const {
        return {static_cast<std::uint16_t>((to_byte<kTo, kRelu>(kF32, bits_of(a)) << 8) |
                                           to_byte<kTo, kRelu>(kF32, bits_of(b)))};
    }
};
template <FloatFormat kTo, bool kRelu>
struct HalvesToBytes {
    BytePair operator()(HalfPair a) const {
        return {static_cast<std::uint16_t>((to_byte<kTo, kRelu>(kF16, a.high) << 8) |
                                           to_byte<kTo, kRelu>(kF16, a.low))};
    }
};
template <FloatFormat kFrom, bool kRelu>
struct BytesToHalves {
    HalfPair operator()(BytePair a) const { return {one(a.bits & 0xffu), one(a.bits >> 8)}; }

  private:
    static std::uint16_t one(std::uint64_t bits) {
        return static_cast<std::uint16_t>(
            convert_float(kF16, kFrom, bits, Round::kNearestEven, kRelu, false));
    }
};

template <FloatFormat kFormat, bool kRelu>
void add_bytes(InstructionTable& table, const std::string& type) {
    constexpr int kFirstArchitecture = 89;
    const std::string relu = kRelu ? "relu." : "";
    const std::string to = "cvt.rn.satfinite." + relu + type;
    add_row<FloatsToBytes<kFormat, kRelu>, BytePair, float, float>(table, to + ".f32", kConvert)
        .first_architecture = kFirstArchitecture;
    add_row<HalvesToBytes<kFormat, kRelu>, BytePair, HalfPair>(table, to + ".f16x2", kConvert)
        .first_architecture = kFirstArchitecture;
    add_row<BytesToHalves<kFormat, kRelu>, HalfPair, BytePair>(
        table, "cvt.rn." + relu + "f16x2." + type, kConvert)
        .first_architecture = kFirstArchitecture;
}

/// cvt.pack.sat: a and b clamped and packed below what c holds, b lowest.
template <int kBits, bool kSigned>
struct Pack {
    std::uint32_t operator()(std::int32_t a, std::int32_t b, std::uint32_t c = 0) const {
        const std::uint32_t below = (clamped(a) << kBits) | clamped(b);
        if constexpr (kBits == 16) {
            return below;
        } else {
            return (c << (2 * kBits)) | below;
        }
    }

  private:
    static std::uint32_t clamped(std::int32_t value) {
        constexpr std::int32_t low = kSigned ? -(1 << (kBits - 1)) : 0;
        constexpr std::int32_t high = (1 << (kSigned ? kBits - 1 : kBits)) - 1;
        const std::int32_t inside = value < low ? low : value > high ? high : value;
        return static_cast<std::uint32_t>(inside) & ((1u << kBits) - 1);
    }
};

void add_packs(InstructionTable& table) {
    using U32 = std::uint32_t;
    using S32 = std::int32_t;
    add_row<Pack<16, false>, U32, S32, S32>(table, "cvt.pack.sat.u16.s32", kConvert);
    add_row<Pack<16, true>, U32, S32, S32>(table, "cvt.pack.sat.s16.s32", kConvert);
    add_row<Pack<8, false>, U32, S32, S32, U32>(table, "cvt.pack.sat.u8.s32.b32", kConvert);
    add_row<Pack<8, true>, U32, S32, S32, U32>(table, "cvt.pack.sat.s8.s32.b32", kConvert);
    add_row<Pack<4, false>, U32, S32, S32, U32>(table, "cvt.pack.sat.u4.s32.b32", kConvert);
    add_row<Pack<4, true>, U32, S32, S32, U32>(table, "cvt.pack.sat.s4.s32.b32", kConvert);
    add_row<Pack<2, false>, U32, S32, S32, U32>(table, "cvt.pack.sat.u2.s32.b32", kConvert);
    add_row<Pack<2, true>, U32, S32, S32, U32>(table, "cvt.pack.sat.s2.s32.b32", kConvert);
}

}  // namespace

void add_float_convert_rows(InstructionTable& table) {
    add_row<WidenToFloat, float, Half>(table, "cvt.f32.f16", kConvert);
    add_row<WidenToFloat, float, Bfloat>(table, "cvt.f32.bf16", kConvert);
    add_row<WidenToDouble, double, Half>(table, "cvt.f64.f16", kConvert);
    add_row<WidenToDouble, double, float>(table, "cvt.f64.f32", kConvert);
    add_row<Narrow<Half>, Half, float>(table, "cvt.rn.f16.f32", kConvert);
    add_row<Narrow<Half>, Half, double>(table, "cvt.rn.f16.f64", kConvert);
    add_row<Narrow<Bfloat>, Bfloat, float>(table, "cvt.rn.bf16.f32", kConvert);
    add_row<Narrow<float>, float, double>(table, "cvt.rn.f32.f64", kConvert);
    add_row<IntegerToHalf, Half, std::uint16_t>(table, "cvt.rn.f16.u16", kConvert);
    add_row<IntegerToHalf, Half, std::int16_t>(table, "cvt.rn.f16.s16", kConvert);
    add_row<IntegerToHalf, Half, std::uint32_t>(table, "cvt.rn.f16.u32", kConvert);
    add_row<IntegerToHalf, Half, std::int32_t>(table, "cvt.rn.f16.s32", kConvert);
    add_integer<std::uint16_t>(table, "u16");
    add_integer<std::int16_t>(table, "s16");
    add_integer<std::uint32_t>(table, "u32");
    add_integer<std::int32_t>(table, "s32");
    add_integer<std::uint64_t>(table, "u64");
    add_integer<std::int64_t>(table, "s64");
    add_pair<Half, HalfPair>(table, "f16x2");
    add_pair<Bfloat, BfloatPair>(table, "bf16x2");
    add_bytes<kE4m3, false>(table, "e4m3x2");
    add_bytes<kE4m3, true>(table, "e4m3x2");
    add_bytes<kE5m2, false>(table, "e5m2x2");
    add_bytes<kE5m2, true>(table, "e5m2x2");
    add_packs(table);
}

}  // namespace sptc::ptx
