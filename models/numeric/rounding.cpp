#include "models/numeric/rounding.hpp"

#include <algorithm>
#include <bit>

#include "models/isa/architecture.hpp"
#include "models/types/data_type.hpp"

namespace sptc::numeric {
namespace {

std::uint32_t with_sign(const FixedPoint& value, std::uint32_t result, int sign_bit) {
    const bool sign = value.negative && (result != 0 || isa::kNegativeUnderflowKeepsSign);
    return result | (std::uint32_t{sign} << sign_bit);
}

/// The exponent of the leading one.
int leading_exponent(const FixedPoint& value) {
    return static_cast<int>(std::bit_width(value.magnitude)) - 1 + value.unit_exponent;
}

}  // namespace

std::uint32_t truncate_to_f32(const FixedPoint& value, int fraction_bits) {
    constexpr std::uint32_t kInfinity = 0x7f800000;
    if (value.magnitude == 0) return 0;
    const int exponent = leading_exponent(value);
    if (exponent > 127) return with_sign(value, kInfinity, 31);
    const int last_bit = std::max(exponent - 23, -149);
    const int drop = last_bit - value.unit_exponent;
    const std::uint64_t significand = drop >= 64  ? 0
                                      : drop >= 0 ? value.magnitude >> drop
                                                  : value.magnitude << -drop;
    // The implicit bit of a normal number is added into the exponent field.
    const auto exponent_field = static_cast<std::uint32_t>(std::max(exponent, -127) + 126);
    const std::uint32_t base = exponent >= -126 ? exponent_field << 23 : 0;
    const std::uint32_t all_bits = base + static_cast<std::uint32_t>(significand);
    return with_sign(value, all_bits & (~0u << (23 - fraction_bits)), 31);
}

std::uint32_t round_to_f16(const FixedPoint& value) {
    constexpr std::uint32_t kInfinity = 0x7c00;
    if (value.magnitude == 0) return 0;
    const int exponent = leading_exponent(value);
    if (exponent > 15) return with_sign(value, kInfinity, 15);
    const int last_bit = std::max(exponent - 10, -24);
    const int drop = last_bit - value.unit_exponent;
    std::uint64_t significand = 0;
    if (drop <= 0) {
        significand = value.magnitude << -drop;
    } else if (drop < 64) {
        const std::uint64_t rest = value.magnitude & ((std::uint64_t{1} << drop) - 1);
        const std::uint64_t half = std::uint64_t{1} << (drop - 1);
        significand = value.magnitude >> drop;
        if (rest > half || (rest == half && (significand & 1) != 0)) ++significand;
    }
    // Adding lets a carry run into the exponent, up to infinity.
    const std::uint32_t base =
        exponent >= -14 ? static_cast<std::uint32_t>(exponent + 14) << 10 : 0;
    return with_sign(value, base + static_cast<std::uint32_t>(significand), 15);
}

std::uint32_t add_f32(std::uint32_t x, std::uint32_t y) {
    const float sum = std::bit_cast<float>(x) + std::bit_cast<float>(y);
    return sum != sum ? kCanonicalNanF32 : std::bit_cast<std::uint32_t>(sum);
}

std::uint32_t add_f16(std::uint32_t x, std::uint32_t y) {
    // f64 holds every sum of two f16 exactly.
    return types::f64_to_f16(types::f16_to_f64(static_cast<std::uint16_t>(x)) +
                             types::f16_to_f64(static_cast<std::uint16_t>(y)));
}

}  // namespace sptc::numeric
