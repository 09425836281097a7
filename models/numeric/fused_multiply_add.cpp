#include "models/numeric/fused_multiply_add.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace sptc::numeric {
namespace {

using isa::Rounding;

__extension__ using U128 = unsigned __int128;

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
constexpr std::uint64_t kInfinity = 0x7ff0000000000000;
constexpr int kFractionBits = 52;
constexpr int kMinLastPlace = -1074;  // exponent of the last place of a subnormal
constexpr int kMaxExponent = 1023;
constexpr int kTopBit = 125;  // where the larger addend is put: one bit is left for the carry

bool is_nan(std::uint64_t x) { return (x & ~kSignBit) > kInfinity; }
bool is_infinite(std::uint64_t x) { return (x & ~kSignBit) == kInfinity; }
bool is_zero(std::uint64_t x) { return (x & ~kSignBit) == 0; }

/// magnitude * 2^unit_exponent
struct Magnitude {
    U128 bits;
    int unit_exponent;
};

Magnitude decode(std::uint64_t x) {
    const int field = static_cast<int>(x >> kFractionBits) & 0x7ff;
    const std::uint64_t fraction = x & ((std::uint64_t{1} << kFractionBits) - 1);
    const std::uint64_t implicit_bit = std::uint64_t{field != 0} << kFractionBits;
    return {fraction | implicit_bit, std::max(field, 1) - 1 + kMinLastPlace};
}

int width(U128 x) {
    const auto high = static_cast<std::uint64_t>(x >> 64);
    const auto low = static_cast<std::uint64_t>(x);
    return 128 - (high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(low));
}

int top_exponent(const Magnitude& x) { return width(x.bits) - 1 + x.unit_exponent; }

/// Shifted right; the last bit is also set when a one was shifted out (sticky).
U128 shifted_right(U128 x, int count) {
    if (count == 0) return x;
    if (count > 127) return x != 0 ? 1 : 0;
    const U128 lost = x & ((U128{1} << count) - 1);
    return (x >> count) | (lost != 0 ? 1 : 0);
}

/// With the unit 2^unit_exponent. To the left it must fit.
U128 in_units(const Magnitude& x, int unit_exponent) {
    const int left = x.unit_exponent - unit_exponent;
    return left >= 0 ? x.bits << left : shifted_right(x.bits, -left);
}

/// Does a number of this sign with something behind its last place become larger in magnitude?
/// `rest`: two bits, half of the last place and whether anything is below it.
bool rounds_up(Rounding rounding, std::uint64_t sign, unsigned rest, bool odd) {
    switch (rounding) {
        case Rounding::kNearestEven:
            return rest == 3 || (rest == 2 && odd);
        case Rounding::kTowardZero:
            return false;
        case Rounding::kDown:
            return rest != 0 && sign != 0;
        case Rounding::kUp:
            return rest != 0 && sign == 0;
    }
    return false;
}

std::uint64_t rounded(std::uint64_t sign, const Magnitude& x, Rounding rounding) {
    const int exponent = top_exponent(x);
    if (exponent > kMaxExponent) {  // beyond the largest number by more than half
        return sign | (rounds_up(rounding, sign, 3, true) ? kInfinity : kInfinity - 1);
    }
    const int last_place = std::max(exponent - kFractionBits, kMinLastPlace);
    const int drop = last_place - x.unit_exponent;
    std::uint64_t significand;
    if (drop <= 0) {
        significand = static_cast<std::uint64_t>(x.bits << -drop);
    } else {
        const U128 quarters = drop >= 2 ? shifted_right(x.bits, drop - 2) : x.bits << (2 - drop);
        significand = static_cast<std::uint64_t>(quarters >> 2);
        const auto rest = static_cast<unsigned>(quarters & 3);
        if (rounds_up(rounding, sign, rest, (significand & 1) != 0)) ++significand;
    }
    // Adding lets a carry run into the exponent, up to infinity.
    const auto base = static_cast<std::uint64_t>(last_place - kMinLastPlace) << kFractionBits;
    return sign | (base + significand);
}

/// The sum of zeros of both signs, or of x and -x.
std::uint64_t exact_zero(Rounding rounding) { return rounding == Rounding::kDown ? kSignBit : 0; }

}  // namespace

std::uint64_t fused_multiply_add(std::uint64_t a, std::uint64_t b, std::uint64_t c,
                                 isa::Rounding rounding) {
    const std::uint64_t product_sign = (a ^ b) & kSignBit;
    const std::uint64_t c_sign = c & kSignBit;
    if (is_nan(a) || is_nan(b) || is_nan(c)) return kCanonicalNanF64;
    if (is_infinite(a) || is_infinite(b)) {
        if (is_zero(a) || is_zero(b)) return kCanonicalNanF64;
        if (is_infinite(c) && product_sign != c_sign) return kCanonicalNanF64;
        return product_sign | kInfinity;
    }
    if (is_infinite(c)) return c;
    if (is_zero(a) || is_zero(b)) {
        if (!is_zero(c)) return c;
        return product_sign == c_sign ? c_sign : exact_zero(rounding);
    }

    const Magnitude x = decode(a);
    const Magnitude y = decode(b);
    Magnitude large{x.bits * y.bits, x.unit_exponent + y.unit_exponent};
    if (is_zero(c)) return rounded(product_sign, large, rounding);
    Magnitude small = decode(c);
    std::uint64_t large_sign = product_sign;
    std::uint64_t small_sign = c_sign;
    if (top_exponent(small) > top_exponent(large)) {
        std::swap(large, small);
        std::swap(large_sign, small_sign);
    }
    const int unit_exponent = top_exponent(large) - kTopBit;
    const U128 big = in_units(large, unit_exponent);
    const U128 little = in_units(small, unit_exponent);
    const auto round = [&](std::uint64_t sign, U128 bits) {
        return rounded(sign, {bits, unit_exponent}, rounding);
    };
    if (large_sign == small_sign) return round(large_sign, big + little);
    if (big == little) return exact_zero(rounding);
    return big > little ? round(large_sign, big - little) : round(small_sign, little - big);
}

}  // namespace sptc::numeric
