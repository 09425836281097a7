#pragma once
#include <bit>
#include <cstdint>

#include "traces/ptx/float_bits.hpp"

namespace sptc::ptx {

/// How a result is rounded: .rn, .rz, .rm, .rp and, for cvt.rna.tf32, to nearest with ties away.
enum class Round : std::uint8_t { kNearestEven, kTowardZero, kDown, kUp, kNearestAway };

/// A binary interchange format with at most 64 bits.
struct FloatFormat {
    int exponent_bits;
    int fraction_bits;
    std::uint64_t nan;         ///< the canonical NaN
    bool has_infinity = true;  ///< false: e4m3, whose largest exponent holds numbers

    [[nodiscard]] constexpr int bias() const { return (1 << (exponent_bits - 1)) - 1; }
    [[nodiscard]] constexpr int min_exponent() const { return 1 - bias(); }
    [[nodiscard]] constexpr std::uint64_t sign() const {
        return std::uint64_t{1} << (exponent_bits + fraction_bits);
    }
    /// The first pattern above the largest finite number (for e4m3 this is the NaN).
    [[nodiscard]] constexpr std::uint64_t overflow() const {
        return has_infinity ? ((std::uint64_t{1} << exponent_bits) - 1) << fraction_bits
                            : sign() - 1;
    }
};

inline constexpr FloatFormat kF64{11, 52, FloatTraits<double>::kNan};
inline constexpr FloatFormat kF32{8, 23, FloatTraits<float>::kNan};
inline constexpr FloatFormat kTf32{8, 10, 0x3ffff};  ///< without the 13 bits below
inline constexpr FloatFormat kBf16{8, 7, FloatTraits<Bfloat>::kNan};
inline constexpr FloatFormat kF16{5, 10, FloatTraits<Half>::kNan};
inline constexpr FloatFormat kE5m2{5, 2, 0x7f};
inline constexpr FloatFormat kE4m3{4, 3, 0x7f, false};

/// Does a magnitude round up? `rest` are the bits cut off, `half` the half of its unit.
constexpr bool rounds_up(Round round, bool negative, bool odd, std::uint64_t rest,
                         std::uint64_t half) {
    switch (round) {
        case Round::kNearestEven:
            return (rest > half) | ((rest == half) & odd);
        case Round::kNearestAway:
            return rest >= half;
        case Round::kTowardZero:
            return false;
        case Round::kDown:
            return negative && rest != 0;
        case Round::kUp:
            return !negative && rest != 0;
    }
    return false;
}

/// Is the result of an overflow the largest finite number?
constexpr bool stays_finite(Round round, bool negative) {
    return round == Round::kTowardZero || (round == Round::kDown && !negative) ||
           (round == Round::kUp && negative);
}

/// An f64 rounded once to a narrower format with infinities; NaN becomes the canonical one.
template <FloatFormat kFormat, Round kRound>
std::uint32_t narrow(double value) {
    static_assert(kFormat.has_infinity && kFormat.fraction_bits < 52);
    constexpr auto kOverflow = static_cast<std::uint32_t>(kFormat.overflow());
    const auto raw = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t magnitude = raw & ~(std::uint64_t{1} << 63);
    const bool negative = raw != magnitude;
    const std::uint32_t sign = negative ? static_cast<std::uint32_t>(kFormat.sign()) : 0;
    const int field = static_cast<int>(magnitude >> 52);
    const std::uint64_t fraction = magnitude & ((std::uint64_t{1} << 52) - 1);
    const std::uint64_t significand = fraction | (std::uint64_t{field != 0} << 52);
    const int exponent = field - kF64.bias();
    const int below = kFormat.min_exponent() - exponent;  // how far into the subnormal numbers
    const int wanted = 52 - kFormat.fraction_bits + (below > 0 ? below : 0);
    const int drop = wanted > 63 ? 63 : wanted;
    const std::uint64_t kept = significand >> drop;
    const std::uint64_t rest = significand & ((std::uint64_t{1} << drop) - 1);
    const std::uint64_t half = std::uint64_t{1} << (drop - 1);
    const bool up = rounds_up(kRound, negative, (kept & 1) != 0, rest, half);
    // The implicit bit of a normal number is added into the exponent; a carry runs on.
    const auto base = static_cast<std::uint64_t>(below > 0 ? 0 : -below) << kFormat.fraction_bits;
    const std::uint64_t rounded = base + kept + (up ? 1 : 0);
    const std::uint32_t limit = stays_finite(kRound, negative) ? kOverflow - 1 : kOverflow;
    const std::uint32_t finite = rounded >= kOverflow ? limit : static_cast<std::uint32_t>(rounded);
    const std::uint32_t number = magnitude == kF64.overflow() ? kOverflow : finite;
    return magnitude > kF64.overflow() ? static_cast<std::uint32_t>(kFormat.nan) : sign | number;
}

/// a + b in f64 rounded to odd: what is rounded again, to at most 51 bits, is then rounded only
/// once.
inline double add_round_to_odd(double a, double b) {
    const double sum = a + b;
    // Two-sum (Knuth): a + b = sum + error exactly, as long as nothing overflows.
    const double b_part = sum - a;
    const double a_part = sum - b_part;
    const double error = (a - a_part) + (b - b_part);
    const auto bits = std::bit_cast<std::uint64_t>(sum);
    // In integers, without branches: the loop over lanes is vectorised. A zero error has no bits
    // but its sign; that of an infinite sum is NaN.
    const auto error_bits = std::bit_cast<std::uint64_t>(error);
    const std::uint64_t size = error_bits & ~(std::uint64_t{1} << 63);
    const bool inexact = (size != 0) & (size < kF64.overflow());
    const bool even = (bits & 1u) == 0;
    const std::uint64_t step = ((error_bits ^ bits) >> 63) != 0 ? ~std::uint64_t{0} : 1;
    return std::bit_cast<double>(bits + ((inexact & even) ? step : 0));
}

}  // namespace sptc::ptx
