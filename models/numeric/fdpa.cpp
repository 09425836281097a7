#include "models/numeric/fdpa.hpp"

#include <algorithm>
#include <array>

#include "models/base/error.hpp"
#include "models/numeric/operand.hpp"
#include "models/numeric/rounding.hpp"

namespace sptc::numeric {
namespace {

using types::DataType;

/// No instruction sums more products in one group (fp8 of Hopper's wgmma and sm_120: 32).
constexpr std::size_t kMaxTerms = 33;

/// A finite term: (-1)^negative * significand * 2^(exponent - fraction_bits), not normalised.
struct Term {
    bool negative;
    int exponent;
    std::uint64_t significand;
    int fraction_bits;
};

/// The special values met in a group.
struct Specials {
    bool nan = false;
    bool positive_infinity = false;
    bool negative_infinity = false;

    void add(OperandClass kind, bool negative) {
        nan |= kind == OperandClass::kNan;
        positive_infinity |= kind == OperandClass::kInfinite && !negative;
        negative_infinity |= kind == OperandClass::kInfinite && negative;
    }
    void add_product(const Operand& a, const Operand& b) {
        if (a.kind == OperandClass::kNan || b.kind == OperandClass::kNan) {
            nan = true;
        } else if (a.kind == OperandClass::kInfinite || b.kind == OperandClass::kInfinite) {
            if (a.zero() || b.zero()) nan = true;
            add(OperandClass::kInfinite, a.negative != b.negative);
        }
    }
    [[nodiscard]] bool any() const { return nan || positive_infinity || negative_infinity; }
};

std::uint32_t special_result(DataType d, const Specials& specials) {
    const bool f16 = d == DataType::kF16;
    if (specials.nan || (specials.positive_infinity && specials.negative_infinity)) {
        return f16 ? kCanonicalNanF16 : kCanonicalNanF32;
    }
    const std::uint32_t infinity = f16 ? 0x7c00u : 0x7f800000u;
    const std::uint32_t sign = f16 ? 0x8000u : 0x80000000u;
    return specials.negative_infinity ? infinity | sign : infinity;
}

/// The term in units of 2^(common_exponent - fraction_bits), cut off toward zero.
std::int64_t aligned(const Term& term, int common_exponent, int fraction_bits) {
    const int shift = fraction_bits - term.fraction_bits - (common_exponent - term.exponent);
    const std::uint64_t magnitude =
        shift >= 0 ? term.significand << shift : term.significand >> std::min(-shift, 63);
    const auto value = static_cast<std::int64_t>(magnitude);
    return term.negative ? -value : value;
}

}  // namespace

std::uint32_t fused_dot_product_add(const FdpaRule& rule, std::span<const std::uint32_t> a,
                                    std::span<const std::uint32_t> b, std::uint32_t c) {
    SPTC_ASSERT(a.size() == b.size() && a.size() < kMaxTerms);
    SPTC_ASSERT(rule.d == DataType::kF32 || rule.d == DataType::kF16);
    const int product_fraction_bits =
        types::row(rule.a).fraction_bits + types::row(rule.b).fraction_bits;
    std::array<Term, kMaxTerms> terms;
    std::size_t count = 0;
    int common_exponent = rule.e_zero;
    Specials specials;
    const auto add = [&](const Term& term) {
        if (term.significand == 0) return;
        common_exponent = std::max(common_exponent, term.exponent);
        terms[count++] = term;
    };

    for (std::size_t i = 0; i < a.size(); ++i) {
        const Operand x = decode(rule.a, a[i]);
        const Operand y = decode(rule.b, b[i]);
        specials.add_product(x, y);
        add({x.negative != y.negative, x.exponent + y.exponent,
             std::uint64_t{x.significand} * y.significand, product_fraction_bits});
    }
    const Operand addend = decode(rule.d, c);
    specials.add(addend.kind, addend.negative);
    add({addend.negative, addend.exponent, addend.significand, types::row(rule.d).fraction_bits});
    if (specials.any()) return special_result(rule.d, specials);

    std::int64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += aligned(terms[i], common_exponent, rule.fraction_bits);
    }
    const FixedPoint exact{sum < 0, static_cast<std::uint64_t>(sum < 0 ? -sum : sum),
                           common_exponent - rule.fraction_bits};
    return rule.d == DataType::kF16 ? round_to_f16(exact)
                                    : truncate_to_f32(exact, rule.f32_fraction_bits);
}

}  // namespace sptc::numeric
