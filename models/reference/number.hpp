#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/types/data_type.hpp"

namespace sptc::reference {

/// How a floating-point type is stored: sign, biased exponent, fraction; the top exponent code
/// holds Inf and NaN. A further type of this kind is one row of the table in number.cpp.
struct FloatFormat {
    types::DataType type;
    int exponent_bits;
    int fraction_bits;

    [[nodiscard]] constexpr int bits() const { return 1 + exponent_bits + fraction_bits; }
    /// Exponent of the smallest normal number, and of every subnormal.
    [[nodiscard]] constexpr int minimum_exponent() const { return 2 - (1 << (exponent_bits - 1)); }
    [[nodiscard]] constexpr std::uint32_t infinity() const {
        return ((1u << exponent_bits) - 1) << fraction_bits;
    }
    [[nodiscard]] constexpr std::uint32_t sign_bit() const { return 1u << (bits() - 1); }
    /// The one NaN that tensor cores return: all ones but the sign.
    [[nodiscard]] constexpr std::uint32_t canonical_nan() const { return sign_bit() - 1; }
};

/// The row of a type. A type without one is a bug of the caller (SPTC_ASSERT).
[[nodiscard]] const FloatFormat& float_format(types::DataType type);

enum class NumberClass : std::uint8_t { kZero, kFinite, kInfinite, kNan };

/// A decoded operand: (-1)^negative * significand * 2^(exponent - fraction_bits), the fraction_bits
/// of its format. A subnormal keeps its format's minimum exponent and is not renormalised: tensor
/// cores align by these exponents.
struct Number {
    std::uint32_t significand = 0;
    std::int16_t exponent = 0;
    NumberClass kind = NumberClass::kZero;
    bool negative = false;
};

[[nodiscard]] Number decode(const FloatFormat& format, std::uint32_t bits);

/// The same value as float64: exact for every format of the table. Infinities and NaN too.
[[nodiscard]] double to_f64(const FloatFormat& format, const Number& number);

/// Element `index` of a little-endian array of this format.
[[nodiscard]] std::uint32_t load_bits(const FloatFormat& format, std::span<const std::byte> array,
                                      std::size_t index);
void store_bits(const FloatFormat& format, std::span<std::byte> array, std::size_t index,
                std::uint32_t bits);

}  // namespace sptc::reference
