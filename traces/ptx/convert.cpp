#include "traces/ptx/convert.hpp"

#include <algorithm>

#include "traces/ptx/soft_float.hpp"

namespace sptc::ptx {
namespace {

std::uint64_t low_bits(int bits) { return ~std::uint64_t{0} >> (64 - bits); }

std::uint64_t extend(std::uint64_t value, const ConvertType& type) {
    const int unused = 64 - type.bits;
    if (type.is_signed) {
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(value << unused) >> unused);
    }
    return value & low_bits(type.bits);
}

/// An integer, or the magnitude and sign of a rounded float, clamped to a type.
std::uint64_t clamp_integer(bool negative, std::uint64_t magnitude, bool overflow,
                            const ConvertType& type) {
    const std::uint64_t highest = low_bits(type.is_signed ? type.bits - 1 : type.bits);
    if (!negative) return overflow ? highest : std::min(magnitude, highest);
    if (!type.is_signed) return 0;
    return 0 - (overflow ? highest + 1 : std::min(magnitude, highest + 1));
}

std::uint64_t zero_of(bool negative, const FloatFormat& format) {
    return negative ? format.sign() : 0;
}

bool is_subnormal(std::uint64_t bits, const FloatFormat& format) {
    return (bits & (format.sign() - 1)) >> format.fraction_bits == 0;
}

/// .sat and .relu of a float result that is no NaN.
std::uint64_t clamp_float(const Conversion& c, std::uint64_t bits, const FloatFormat& format) {
    const bool negative = (bits & format.sign()) != 0;
    if ((c.saturate || c.relu) && negative) return 0;
    const std::uint64_t one = static_cast<std::uint64_t>(format.bias()) << format.fraction_bits;
    return c.saturate ? std::min(bits, one) : bits;
}

/// tf32 occupies the upper bits of an f32 pattern.
std::uint64_t placed(std::uint64_t bits, const FloatFormat& format) {
    return &format == &kTf32 ? bits << (kF32.fraction_bits - kTf32.fraction_bits) : bits;
}

std::uint64_t nan_as_float(const Conversion& c, std::uint64_t bits) {
    if (c.saturate) return 0;
    const FloatFormat& to = *c.target().format;
    if (&to == &kTf32) return kF32.nan;
    if (&to != &kF64) return to.nan;
    const FloatFormat& from = *c.source().format;
    const std::uint64_t payload = (bits & (from.sign() - 1))
                                  << (kF64.fraction_bits - from.fraction_bits);
    constexpr std::uint64_t kQuiet = std::uint64_t{1} << 51;
    return zero_of((bits & from.sign()) != 0, kF64) | kF64.overflow() | payload | kQuiet;
}

std::uint64_t from_float(const Conversion& c, std::uint64_t bits) {
    const FloatFormat& from = *c.source().format;
    const ConvertType& target = c.target();
    Unpacked value = unpack_float(from, bits);
    if (c.flush && &from == &kF32 && is_subnormal(bits, from)) value.significand = 0;
    if (target.format == nullptr) {
        if (value.kind == NumberClass::kNan) {
            const bool wide = c.source().bits == 64 || target.bits == 64;
            return wide ? extend(std::uint64_t{1} << (target.bits - 1), target) : 0;
        }
        const bool infinite = value.kind == NumberClass::kInfinite;
        const RoundedInteger rounded =
            infinite ? RoundedInteger{0, true} : round_to_integer(value, c.round);
        return clamp_integer(value.negative, rounded.magnitude, rounded.overflow, target);
    }
    const FloatFormat& to = *target.format;
    if (value.kind == NumberClass::kNan) return nan_as_float(c, bits);
    std::uint64_t result = 0;
    if (value.kind == NumberClass::kInfinite) {
        const std::uint64_t largest = to.overflow() - (c.saturate_finite ? 1 : 0);
        result = zero_of(value.negative, to) | largest;
    } else if (c.to_integer && value.exponent < 0) {
        const RoundedInteger rounded = round_to_integer(value, c.round);
        result = round_to_format(to, value.negative, rounded.magnitude, 0, c.round);
    } else {
        result = round_to_format(to, value.negative, value.significand, value.exponent, c.round);
        const bool overflow = (result & (to.sign() - 1)) >= to.overflow();
        if (overflow && c.saturate_finite) result -= 1;
    }
    if (c.flush && is_subnormal(result, to) && (&to == &kF32)) {
        result = zero_of(value.negative, to);
    }
    return placed(clamp_float(c, result, to), to);
}

std::uint64_t from_integer(const Conversion& c, std::uint64_t bits) {
    const std::uint64_t value = extend(bits, c.source());
    const bool negative = c.source().is_signed && static_cast<std::int64_t>(value) < 0;
    const std::uint64_t magnitude = negative ? 0 - value : value;
    if (c.target().format == nullptr) {
        if (c.saturate) return clamp_integer(negative, magnitude, false, c.target());
        return extend(value, c.target());
    }
    const FloatFormat& to = *c.target().format;
    return clamp_float(c, round_to_format(to, negative, magnitude, 0, c.round), to);
}

}  // namespace

std::int32_t code_of(const Conversion& c) {
    return c.to | (c.from << 4) | (static_cast<int>(c.round) << 8) | (c.to_integer << 12) |
           (c.flush << 13) | (c.saturate << 14) | (c.relu << 15) | (c.saturate_finite << 16);
}

Conversion conversion_of(std::int32_t code) {
    Conversion c;
    c.to = static_cast<std::uint8_t>(code & 0xf);
    c.from = static_cast<std::uint8_t>((code >> 4) & 0xf);
    c.round = static_cast<Round>((code >> 8) & 0xf);
    c.to_integer = ((code >> 12) & 1) != 0;
    c.flush = ((code >> 13) & 1) != 0;
    c.saturate = ((code >> 14) & 1) != 0;
    c.relu = ((code >> 15) & 1) != 0;
    c.saturate_finite = ((code >> 16) & 1) != 0;
    return c;
}

std::uint64_t convert(const Conversion& conversion, std::uint64_t bits) {
    bits &= low_bits(conversion.source().bits);
    return conversion.source().format == nullptr ? from_integer(conversion, bits)
                                                 : from_float(conversion, bits);
}

std::uint64_t convert_float(const FloatFormat& to, const FloatFormat& from, std::uint64_t bits,
                            Round round, bool relu, bool saturate_finite) {
    const Unpacked value = unpack_float(from, bits);
    if (value.kind == NumberClass::kNan) return to.nan;
    if (relu && value.negative) return 0;
    const std::uint64_t result =
        value.kind == NumberClass::kInfinite
            ? zero_of(value.negative, to) | to.overflow()
            : round_to_format(to, value.negative, value.significand, value.exponent, round);
    const bool overflow = (result & (to.sign() - 1)) >= to.overflow();
    return overflow && saturate_finite ? result - 1 : result;
}

}  // namespace sptc::ptx
