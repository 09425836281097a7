#include "models/reference/fused_dot.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

#include "models/base/error.hpp"

namespace sptc::reference {
namespace {

/// Checked: an overflow would throw, so a sum that is returned is exact.
using Integer = boost::multiprecision::checked_int128_t;

/// Rule 3 for one group: the special values met so far.
class Specials {
  public:
    void add_product(const Number& a, const Number& b) {
        const bool infinite = a.kind == NumberClass::kInfinite || b.kind == NumberClass::kInfinite;
        const bool zero = a.kind == NumberClass::kZero || b.kind == NumberClass::kZero;
        if (a.kind == NumberClass::kNan || b.kind == NumberClass::kNan) nan_ = true;
        if (infinite && zero) nan_ = true;
        if (infinite && !zero) add_infinity(a.negative != b.negative);
    }
    void add_addend(const Number& c) {
        if (c.kind == NumberClass::kNan) nan_ = true;
        if (c.kind == NumberClass::kInfinite) add_infinity(c.negative);
    }

    [[nodiscard]] bool any() const { return nan_ || plus_ || minus_; }
    [[nodiscard]] std::uint32_t result(const FloatFormat& format) const {
        if (nan_ || (plus_ && minus_)) return format.canonical_nan();
        return minus_ ? format.sign_bit() | format.infinity() : format.infinity();
    }

  private:
    void add_infinity(bool negative) { (negative ? minus_ : plus_) = true; }

    bool nan_ = false;
    bool plus_ = false;
    bool minus_ = false;
};

/// floor(significand * 2^shift): truncation toward zero of a magnitude.
Integer truncate(std::uint64_t significand, int shift) {
    if (shift >= 0) return Integer(significand) << shift;
    return -shift < 64 ? Integer(significand >> -shift) : Integer(0);
}

/// Rule 7: magnitude * 2^unit_exponent in a format, without the sign.
std::uint32_t convert(const Integer& magnitude, int unit_exponent, const FloatFormat& format) {
    const bool to_nearest = format.type == types::DataType::kF16;
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
        if (to_nearest && up) significand += 1;
    }
    // A normal significand brings its implicit bit, which counts one exponent step; so does a carry
    // out of rounding.
    const Integer bits =
        (Integer(exponent - format.minimum_exponent()) << format.fraction_bits) + significand;
    return bits >= format.infinity() ? format.infinity() : static_cast<std::uint32_t>(bits);
}

}  // namespace

GroupRules group_rules(const isa::MmaForm& form, const isa::Arithmetic& arithmetic) {
    SPTC_ASSERT(form.c == form.d);
    return {
        .a = float_format(form.a),
        .b = float_format(form.b),
        .accumulator = float_format(form.d),
        .fraction_bits = arithmetic.fraction_bits,
        .e_zero = form.d == types::DataType::kF16 ? arithmetic.e_zero_f16 : arithmetic.e_zero_f32,
        .products = isa::group_products(arithmetic, form)};
}

std::uint32_t fused_dot_add(const GroupRules& rules, std::span<const Number> a,
                            std::span<const Number> b, const Number& c) {
    SPTC_ASSERT(a.size() == b.size());
    Specials specials;
    int largest = rules.e_zero;
    for (std::size_t j = 0; j < a.size(); ++j) {
        specials.add_product(a[j], b[j]);
        const bool zero = a[j].kind == NumberClass::kZero || b[j].kind == NumberClass::kZero;
        if (!zero) largest = std::max(largest, a[j].exponent + b[j].exponent);
    }
    specials.add_addend(c);
    if (c.kind != NumberClass::kZero) largest = std::max(largest, int{c.exponent});
    if (specials.any()) return specials.result(rules.accumulator);

    const int unit_exponent = largest - rules.fraction_bits;
    Integer sum = 0;
    const auto add = [&](bool negative, std::uint64_t significand, int lowest_bit_exponent) {
        if (significand == 0) return;
        const Integer term = truncate(significand, lowest_bit_exponent - unit_exponent);
        if (negative) {
            sum -= term;
        } else {
            sum += term;
        }
    };
    const int product_fraction_bits = rules.a.fraction_bits + rules.b.fraction_bits;
    for (std::size_t j = 0; j < a.size(); ++j) {
        add(a[j].negative != b[j].negative, std::uint64_t{a[j].significand} * b[j].significand,
            a[j].exponent + b[j].exponent - product_fraction_bits);
    }
    add(c.negative, c.significand, c.exponent - rules.accumulator.fraction_bits);

    if (sum == 0) return 0;
    const std::uint32_t sign = sum < 0 ? rules.accumulator.sign_bit() : 0;
    return sign | convert(abs(sum), unit_exponent, rules.accumulator);
}

std::uint32_t chained_dot_add(const GroupRules& rules, std::span<const Number> a,
                              std::span<const Number> b, std::uint32_t c) {
    const auto group = static_cast<std::size_t>(rules.products);
    SPTC_ASSERT(a.size() == b.size() && a.size() % group == 0);
    Number addend = decode(rules.accumulator, c);
    std::uint32_t result = c;
    for (std::size_t begin = 0; begin < a.size(); begin += group) {
        result = fused_dot_add(rules, a.subspan(begin, group), b.subspan(begin, group), addend);
        addend = decode(rules.accumulator, result);
    }
    return result;
}

}  // namespace sptc::reference
