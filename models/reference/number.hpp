#pragma once
#include <cstdint>

#include "models/types/data_type.hpp"

namespace sptc::reference {

/// How a floating-point type is stored: sign, biased exponent, fraction and, in tf32, low bits that
/// are ignored. The top exponent code holds Inf and NaN; in e4m3, which has no Inf, only the
/// pattern of all ones is NaN.
struct FloatFormat {
    types::DataType type;
    int exponent_bits;
    int fraction_bits;
    int ignored_bits;
    bool has_infinity;

    /// Bits without the ignored ones; the functions below speak of these.
    [[nodiscard]] constexpr int bits() const { return 1 + exponent_bits + fraction_bits; }
    /// Exponent of the smallest normal number, and of every subnormal.
    [[nodiscard]] constexpr int minimum_exponent() const { return 2 - (1 << (exponent_bits - 1)); }
    [[nodiscard]] constexpr std::uint64_t infinity() const {
        return ((std::uint64_t{1} << exponent_bits) - 1) << fraction_bits;
    }
    [[nodiscard]] constexpr std::uint64_t sign_bit() const {
        return std::uint64_t{1} << (bits() - 1);
    }
    /// The one NaN that tensor cores return: all ones but the sign. For f64 the project's choice is
    /// IEEE's default NaN (no source says what DMMA returns).
    [[nodiscard]] constexpr std::uint64_t canonical_nan() const {
        if (type != types::DataType::kF64) return sign_bit() - 1;
        return infinity() | (std::uint64_t{1} << (fraction_bits - 1));
    }
};

/// The format of a floating-point type. Any other type is a bug of the caller (SPTC_ASSERT).
[[nodiscard]] FloatFormat float_format(types::DataType type);

enum class NumberClass : std::uint8_t { kZero, kFinite, kInfinite, kNan };

/// A decoded element: (-1)^negative * significand * 2^(exponent - fraction_bits), the fraction_bits
/// of its format. A subnormal keeps its format's minimum exponent and is not renormalised: tensor
/// cores align by these exponents. Of an integer or a bit the significand is the magnitude, and
/// exponent and fraction_bits are 0.
struct Number {
    std::uint64_t significand = 0;
    std::int16_t exponent = 0;
    NumberClass kind = NumberClass::kZero;
    bool negative = false;

    [[nodiscard]] constexpr bool zero() const { return kind == NumberClass::kZero; }
};

[[nodiscard]] Number decode(const FloatFormat& format, std::uint64_t bits);

/// The number that an element of any type holds.
[[nodiscard]] Number decode(types::DataType type, std::uint64_t bits);

/// The same value as float64: exact for every type. Infinities and NaN too.
[[nodiscard]] double to_f64(types::DataType type, const Number& number);

}  // namespace sptc::reference
