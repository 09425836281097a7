#include "models/reference/ieee.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

#include "models/base/error.hpp"
#include "models/reference/rounding.hpp"
#include "models/reference/specials.hpp"

namespace sptc::reference {
namespace {

/// As wide as a value needs: f64 products span 4200 bits.
using Integer = boost::multiprecision::cpp_int;

/// (-1)^negative * significand * 2^shift
Integer term(bool negative, const Integer& significand, int shift) {
    const Integer magnitude = significand << shift;
    return negative ? -magnitude : magnitude;
}

/// How the magnitude of a number of this sign is rounded.
Rounding direction_of(isa::Rounding rounding, bool negative) {
    switch (rounding) {
        case isa::Rounding::kNearestEven:
            return Rounding::kNearestEven;
        case isa::Rounding::kTowardZero:
            return Rounding::kTowardZero;
        case isa::Rounding::kDown:
            return negative ? Rounding::kAwayFromZero : Rounding::kTowardZero;
        case isa::Rounding::kUp:
            return negative ? Rounding::kTowardZero : Rounding::kAwayFromZero;
    }
    return Rounding::kNearestEven;
}

Number one(const FloatFormat& format) {
    return {.significand = std::uint64_t{1} << format.fraction_bits,
            .exponent = 0,
            .kind = NumberClass::kFinite,
            .negative = false};
}

}  // namespace

std::uint64_t fused_multiply_add(const FloatFormat& format, const Number& a, const Number& b,
                                 const Number& c, isa::Rounding rounding) {
    Specials specials;
    specials.add_product(a, b);
    specials.add_addend(c);
    if (specials.any()) return specials.result(format);

    const bool negative_product = a.negative != b.negative;
    const int product_exponent = a.exponent + b.exponent - 2 * format.fraction_bits;
    const int c_exponent = c.exponent - format.fraction_bits;
    const int unit_exponent = std::min(product_exponent, c_exponent);
    const Integer sum = term(negative_product, Integer(a.significand) * b.significand,
                             product_exponent - unit_exponent) +
                        term(c.negative, c.significand, c_exponent - unit_exponent);
    if (sum == 0) {
        // The sum of zeros of both signs, or of x and -x, is negative only when rounding down.
        const bool down = rounding == isa::Rounding::kDown;
        const bool negative = negative_product == c.negative ? c.negative : down;
        return negative ? format.sign_bit() : 0;
    }
    const std::uint64_t sign = sum < 0 ? format.sign_bit() : 0;
    const Rounding direction = direction_of(rounding, sum < 0);
    const std::uint64_t bits = round_magnitude(Integer(abs(sum)), unit_exponent, format, direction);
    // IEEE 754: what does not round up stays at the largest finite number.
    const bool overflow = bits == format.infinity() && direction == Rounding::kTowardZero;
    return sign | (overflow ? bits - 1 : bits);
}

std::uint64_t add(const FloatFormat& format, std::uint64_t x, std::uint64_t y) {
    return fused_multiply_add(format, decode(format, x), one(format), decode(format, y));
}

std::uint64_t widen(const FloatFormat& from, const FloatFormat& to, std::uint64_t bits) {
    const Number number = decode(from, bits);
    if (number.kind == NumberClass::kNan) return to.canonical_nan();
    const std::uint64_t sign = number.negative ? to.sign_bit() : 0;
    if (number.kind == NumberClass::kInfinite) return sign | to.infinity();
    if (number.zero()) return sign;
    return sign | round_magnitude(Integer(number.significand), number.exponent - from.fraction_bits,
                                  to, Rounding::kNearestEven);
}

std::uint64_t f64_chain(std::span<const Number> a, std::span<const Number> b, std::uint64_t c,
                        isa::Rounding rounding) {
    SPTC_ASSERT(a.size() == b.size());
    const FloatFormat format = float_format(types::DataType::kF64);
    for (std::size_t j = 0; j < a.size(); ++j) {
        c = fused_multiply_add(format, a[j], b[j], decode(format, c), rounding);
    }
    return c;
}

}  // namespace sptc::reference
