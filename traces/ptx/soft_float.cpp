#include "traces/ptx/soft_float.hpp"

#include <algorithm>

namespace sptc::ptx {
namespace {

int bit_width(Wide128 value) {
    const auto high = static_cast<std::uint64_t>(value >> 64);
    return high != 0 ? 64 + static_cast<int>(std::bit_width(high))
                     : static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value)));
}

/// value >> count; the lowest bit is set when a one was shifted out.
Wide128 shift_right_sticky(Wide128 value, int count) {
    if (count <= 0) return value;
    if (count >= 128) return value != 0 ? 1 : 0;
    const Wide128 kept = value >> count;
    return kept | ((kept << count) != value ? 1 : 0);
}

/// The root of a radicand below 2^(top + 2), digit by digit: two bits of the radicand for one of
/// the root. The radicand becomes what is left.
template <class Word>
Word extract_root(Wide128& radicand, int top) {
    auto rest = static_cast<Word>(radicand);
    Word root = 0;
    for (Word bit = Word{1} << top; bit != 0; bit >>= 2) {
        const Word trial = root + bit;
        const bool fits = rest >= trial;
        rest -= fits ? trial : 0;
        root = (root >> 1) | (fits ? bit : 0);
    }
    radicand = rest;
    return root;
}

std::uint64_t special(const FloatFormat& format, bool negative, std::uint64_t magnitude) {
    return (negative ? format.sign() : 0) | magnitude;
}

}  // namespace

Unpacked unpack_float(const FloatFormat& format, std::uint64_t bits) {
    Unpacked value;
    value.negative = (bits & format.sign()) != 0;
    const std::uint64_t magnitude = bits & (format.sign() - 1);
    if (format.has_infinity ? magnitude > format.overflow() : magnitude == format.nan) {
        value.kind = NumberClass::kNan;
        return value;
    }
    if (format.has_infinity && magnitude == format.overflow()) {
        value.kind = NumberClass::kInfinite;
        return value;
    }
    const auto field = static_cast<int>(magnitude >> format.fraction_bits);
    const std::uint64_t implicit = std::uint64_t{field != 0} << format.fraction_bits;
    value.significand = (magnitude & ((std::uint64_t{1} << format.fraction_bits) - 1)) | implicit;
    value.exponent = std::max(field, 1) - format.bias() - format.fraction_bits;
    return value;
}

std::uint64_t round_to_format(const FloatFormat& format, bool negative, Wide128 significand,
                              int exponent, Round round) {
    if (significand == 0) return special(format, negative, 0);
    const int top = bit_width(significand) - 1 + exponent;
    const int last = std::max(top, format.min_exponent()) - format.fraction_bits;
    const int drop = last - exponent;
    Wide128 kept = drop <= 0 ? significand << -drop : significand;
    bool up = false;
    if (drop > 0) {
        // Three bits say it all: the last kept one, the half, and whether anything is below.
        const Wide128 tail =
            drop >= 2 ? shift_right_sticky(significand, drop - 2) : significand << 1;
        kept = tail >> 2;
        up = rounds_up(round, negative, (kept & 1) != 0, static_cast<std::uint64_t>(tail & 3), 2);
    }
    const int biased = std::max(top - format.min_exponent(), 0);
    const bool beyond = top > format.bias() + (format.has_infinity ? 0 : 1);
    const std::uint64_t rounded = (static_cast<std::uint64_t>(biased) << format.fraction_bits) +
                                  static_cast<std::uint64_t>(kept) + (up ? 1 : 0);
    if (beyond || rounded >= format.overflow()) {
        const bool finite = stays_finite(round, negative);
        return special(format, negative, format.overflow() - (finite ? 1 : 0));
    }
    return special(format, negative, rounded);
}

RoundedInteger round_to_integer(const Unpacked& value, Round round) {
    if (value.significand == 0) return {};
    if (value.exponent >= 0) {
        const bool fits =
            static_cast<int>(std::bit_width(value.significand)) + value.exponent <= 64;
        return fits ? RoundedInteger{value.significand << value.exponent, false}
                    : RoundedInteger{0, true};
    }
    const Wide128 tail =
        shift_right_sticky(Wide128{value.significand} << 2, std::min(-value.exponent, 127));
    const auto kept = static_cast<std::uint64_t>(tail >> 2);
    const bool up =
        rounds_up(round, value.negative, (kept & 1) != 0, static_cast<std::uint64_t>(tail & 3), 2);
    return {kept + (up ? 1 : 0), false};
}

std::uint64_t soft_fma(const FloatFormat& format, std::uint64_t a_bits, std::uint64_t b_bits,
                       std::uint64_t c_bits, Round round) {
    const Unpacked a = unpack_float(format, a_bits);
    const Unpacked b = unpack_float(format, b_bits);
    const Unpacked c = unpack_float(format, c_bits);
    if (a.kind == NumberClass::kNan || b.kind == NumberClass::kNan || c.kind == NumberClass::kNan) {
        return format.nan;
    }
    const bool negative_product = a.negative != b.negative;
    const auto is_zero = [](const Unpacked& x) {
        return x.kind == NumberClass::kFinite && x.significand == 0;
    };
    if (a.kind == NumberClass::kInfinite || b.kind == NumberClass::kInfinite) {
        const bool invalid = is_zero(a) || is_zero(b) ||
                             (c.kind == NumberClass::kInfinite && c.negative != negative_product);
        return invalid ? format.nan : special(format, negative_product, format.overflow());
    }
    if (c.kind == NumberClass::kInfinite) return special(format, c.negative, format.overflow());

    Wide128 product = Wide128{a.significand} * b.significand;
    Wide128 addend = c.significand;
    int product_exponent = a.exponent + b.exponent;
    int addend_exponent = c.exponent;
    // Both get their leading one at bit 125: the sum has room, and what the alignment shifts out of
    // the smaller one lies far below the rounding position or, after cancellation, is nothing.
    constexpr int kLeading = 126;
    const auto normalise = [](Wide128& significand, int& exponent) {
        if (significand == 0) return;
        const int shift = kLeading - bit_width(significand);
        significand <<= shift;
        exponent -= shift;
    };
    normalise(product, product_exponent);
    normalise(addend, addend_exponent);
    if (product == 0) product_exponent = addend_exponent;
    if (addend == 0) addend_exponent = product_exponent;
    const int exponent = std::max(product_exponent, addend_exponent);
    product = shift_right_sticky(product, exponent - product_exponent);
    addend = shift_right_sticky(addend, exponent - addend_exponent);
    if (negative_product == c.negative) {
        return round_to_format(format, c.negative, product + addend, exponent, round);
    }
    if (product == addend) return special(format, round == Round::kDown, 0);
    const bool negative = product > addend ? negative_product : c.negative;
    const Wide128 difference = product > addend ? product - addend : addend - product;
    return round_to_format(format, negative, difference, exponent, round);
}

std::uint64_t soft_divide(const FloatFormat& format, std::uint64_t a_bits, std::uint64_t b_bits,
                          Round round) {
    Unpacked a = unpack_float(format, a_bits);
    Unpacked b = unpack_float(format, b_bits);
    if (a.kind == NumberClass::kNan || b.kind == NumberClass::kNan) return format.nan;
    const bool negative = a.negative != b.negative;
    if (a.kind == NumberClass::kInfinite) {
        return b.kind == NumberClass::kInfinite ? format.nan
                                                : special(format, negative, format.overflow());
    }
    if (b.kind == NumberClass::kInfinite) return special(format, negative, 0);
    if (b.significand == 0) {
        return a.significand == 0 ? format.nan : special(format, negative, format.overflow());
    }
    if (a.significand == 0) return special(format, negative, 0);
    // The quotient of two numbers with 64 and 53 bits has at least 64 - 53 + 52 bits.
    const int a_shift = std::countl_zero(a.significand);
    const int b_shift = std::countl_zero(b.significand) - 11;
    const Wide128 dividend = Wide128{a.significand << a_shift} << 52;
    const std::uint64_t divisor = b.significand << b_shift;
    const Wide128 quotient = dividend / divisor;
    const Wide128 sticky = quotient * divisor != dividend ? 1 : 0;
    const int exponent = (a.exponent - a_shift - 52) - (b.exponent - b_shift) - 1;
    return round_to_format(format, negative, (quotient << 1) | sticky, exponent, round);
}

std::uint64_t soft_sqrt(const FloatFormat& format, std::uint64_t bits, Round round) {
    const Unpacked a = unpack_float(format, bits);
    if (a.kind == NumberClass::kNan) return format.nan;
    if (a.kind == NumberClass::kFinite && a.significand == 0) return bits;  // of either sign
    if (a.negative) return format.nan;
    if (a.kind == NumberClass::kInfinite) return bits;
    // The radicand gets an even exponent and 2 * (fraction_bits + 3) or so bits.
    const int wanted = 2 * (format.fraction_bits + 4);
    int shift = wanted - static_cast<int>(std::bit_width(a.significand));
    if (((a.exponent - shift) & 1) != 0) ++shift;
    Wide128 rest = Wide128{a.significand} << shift;
    const int exponent = (a.exponent - shift) / 2;
    const Wide128 root = wanted < 63 ? extract_root<std::uint64_t>(rest, wanted)
                                     : extract_root<Wide128>(rest, wanted);
    return round_to_format(format, false, (root << 1) | (rest != 0 ? 1 : 0), exponent - 1, round);
}

}  // namespace sptc::ptx
