#pragma once
#include <algorithm>
#include <cstdint>

#include "models/reference/number.hpp"

namespace sptc::reference {

enum class Rounding : std::uint8_t { kTowardZero, kNearestEven, kAwayFromZero };

/// magnitude * 2^unit_exponent, magnitude > 0, as the bits of a number of `format` without its
/// sign: one rounding, gradual underflow, and infinity (also when rounding toward zero) from
/// 2^(largest exponent + 1) on. `Integer` is a Boost.Multiprecision integer, wide enough for
/// magnitude.
template <class Integer>
[[nodiscard]] std::uint64_t round_magnitude(const Integer& magnitude, int unit_exponent,
                                            const FloatFormat& format, Rounding rounding) {
    const int leading = static_cast<int>(msb(magnitude)) + unit_exponent;
    const int exponent = std::max(leading, format.minimum_exponent());
    const int dropped_bits = exponent - format.fraction_bits - unit_exponent;
    Integer significand;
    if (dropped_bits <= 0) {
        significand = magnitude << -dropped_bits;
    } else {
        significand = magnitude >> dropped_bits;
        const Integer dropped = magnitude - (significand << dropped_bits);
        const Integer half = Integer(1) << (dropped_bits - 1);
        const bool up = dropped > half || (dropped == half && bit_test(significand, 0));
        if (rounding == Rounding::kNearestEven && up) significand += 1;
        if (rounding == Rounding::kAwayFromZero && dropped != 0) significand += 1;
    }
    // A normal significand brings its implicit bit, which counts one exponent step; so does a carry
    // out of rounding.
    const auto steps = static_cast<std::uint64_t>(exponent - format.minimum_exponent());
    const std::uint64_t bits =
        (steps << format.fraction_bits) + static_cast<std::uint64_t>(significand);
    return std::min(bits, format.infinity());
}

}  // namespace sptc::reference
