#include "models/reference/fused_dot.hpp"

#include <algorithm>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstdlib>

#include "models/base/error.hpp"
#include "models/reference/rounding.hpp"
#include "models/reference/specials.hpp"

namespace sptc::reference {
namespace {

/// Rule 7 works on these.
using Integer = boost::multiprecision::checked_int128_t;

/// No term has more bits than this (F + 2 is at most 27), and no group has 2^16 terms: their sum is
/// exact in 64 bits.
constexpr int kTermBits = 46;
constexpr std::size_t kMaxProducts = (std::size_t{1} << 16) - 1;

/// Rule 5: floor(significand * 2^shift), the truncation of a magnitude toward zero.
std::int64_t truncate(std::uint64_t significand, int shift) {
    SPTC_ASSERT(static_cast<int>(std::bit_width(significand)) + shift <= kTermBits);
    if (shift >= 0) return static_cast<std::int64_t>(significand << shift);
    return -shift < 64 ? static_cast<std::int64_t>(significand >> -shift) : 0;
}

/// Rule 4.
int common_exponent(const FdpaRules& rules, std::span<const Number> a, std::span<const Number> b,
                    const Number& c) {
    int largest = rules.e_zero;
    for (std::size_t j = 0; j < a.size(); ++j) {
        if (!a[j].zero() && !b[j].zero())
            largest = std::max(largest, a[j].exponent + b[j].exponent);
    }
    return c.zero() ? largest : std::max(largest, int{c.exponent});
}

/// Rules 7 and 8: sum * 2^unit_exponent as bits of the accumulator's format.
std::uint64_t convert(const FdpaRules& rules, std::int64_t sum, int unit_exponent) {
    if (sum == 0) return 0;
    const FloatFormat& format = rules.accumulator;
    const bool to_f32 = format.type == types::DataType::kF32;
    std::uint64_t bits = round_magnitude(Integer(std::abs(sum)), unit_exponent, format,
                                         to_f32 ? Rounding::kTowardZero : Rounding::kNearestEven);
    if (to_f32) {
        const int lost_bits = format.fraction_bits - rules.f32_fraction_bits;
        bits = bits >> lost_bits << lost_bits;
    }
    const bool negative = sum < 0 && (bits != 0 || isa::kNegativeUnderflowKeepsSign);
    return negative ? format.sign_bit() | bits : bits;
}

}  // namespace

FdpaRules fdpa_rules(const isa::MmaForm& form, const isa::DotRule& rule) {
    return {.a = float_format(rule.a),
            .b = float_format(rule.b),
            .accumulator = float_format(form.d),
            .fraction_bits = rule.fraction_bits,
            .e_zero = rule.e_zero,
            .f32_fraction_bits = rule.f32_fraction_bits,
            .products = rule.products};
}

FdpaRules fdpa_rules(const isa::FdpaParameters& parameters, types::DataType a, types::DataType b,
                     types::DataType accumulator) {
    const bool to_f16 = accumulator == types::DataType::kF16;
    return {.a = float_format(a),
            .b = float_format(b),
            .accumulator = float_format(accumulator),
            .fraction_bits = parameters.fraction_bits,
            .e_zero = to_f16 ? parameters.e_zero_f16 : parameters.e_zero_f32,
            .f32_fraction_bits = parameters.f32_fraction_bits,
            .products = parameters.group_bytes * 8 / types::bits(a)};
}

std::uint64_t fused_dot_add(const FdpaRules& rules, std::span<const Number> a,
                            std::span<const Number> b, const Number& c) {
    SPTC_ASSERT(a.size() == b.size() && a.size() <= kMaxProducts);
    Specials specials;
    for (std::size_t j = 0; j < a.size(); ++j) specials.add_product(a[j], b[j]);
    specials.add_addend(c);
    if (specials.any()) return specials.result(rules.accumulator);

    const int unit_exponent = common_exponent(rules, a, b, c) - rules.fraction_bits;
    std::int64_t sum = 0;
    const auto add = [&](bool negative, std::uint64_t significand, int lowest_bit_exponent) {
        if (significand == 0) return;
        const std::int64_t term = truncate(significand, lowest_bit_exponent - unit_exponent);
        sum += negative ? -term : term;
    };
    const int product_fraction_bits = rules.a.fraction_bits + rules.b.fraction_bits;
    for (std::size_t j = 0; j < a.size(); ++j) {
        add(a[j].negative != b[j].negative, a[j].significand * b[j].significand,
            a[j].exponent + b[j].exponent - product_fraction_bits);
    }
    add(c.negative, c.significand, c.exponent - rules.accumulator.fraction_bits);
    return convert(rules, sum, unit_exponent);
}

std::uint64_t chained_dot_add(const FdpaRules& rules, std::span<const Number> a,
                              std::span<const Number> b, std::uint64_t c) {
    const auto group = static_cast<std::size_t>(rules.products);
    SPTC_ASSERT(a.size() == b.size() && a.size() % group == 0);
    for (std::size_t begin = 0; begin < a.size(); begin += group) {
        c = fused_dot_add(rules, a.subspan(begin, group), b.subspan(begin, group),
                          decode(rules.accumulator, c));
    }
    return c;
}

}  // namespace sptc::reference
