#pragma once
// Floating-point forms: chains of T-FDPA, eight columns of D at a time in 32-bit lanes.
//
// How it stays exact: a product of two significands is exact in f32. Multiplied by a power of two
// it is the term in units of 2^(E - F), and the conversion to integer cuts it off toward zero.
// Exponents are added as integers, because E uses those of the unnormalised operands. Zeros carry a
// hugely negative exponent, infinities and NaN a hugely positive one: it survives into E, and such
// lanes are done again by IEEE arithmetic, which has the same rules for specials.
#include "models/numeric/float_output_kernel.hpp"

namespace sptc::numeric {
namespace {

/// Products that fit one 32-bit sum: each is below 2^(F+2), F is at most 25, and c (below 2^(F+1))
/// still fits.
constexpr int kPartialProducts = 8;

/// To integer, toward zero. Unsigned, because lanes with specials give anything, and may wrap.
V8u truncated(V8f value) { return bits_as<V8u>(__builtin_convertvector(value, V8i)); }

/// Terms of operands that hold whole values: one factor 2^(F-E) for all.
struct NarrowTerms {
    V8f factor;
    NarrowTerms(int fraction_bits, V8i common) : factor(power_of_two(fraction_bits - common)) {}
    [[nodiscard]] V8u addend(const Line& c) const { return truncated(c.value * factor); }
    [[nodiscard]] V8u product(const Line& b, float a, int /*a_exponent*/) const {
        return truncated(b.value * a * factor);
    }
};

/// Terms of operands that hold significands: each has its own factor, 2^(F-E+exponent). What would
/// be below 2^-126 is 0.
struct WideTerms {
    V8i bias;
    WideTerms(int fraction_bits, V8i common) : bias(fraction_bits + 127 - common) {}
    [[nodiscard]] V8f factor(V8i exponent) const {
        return bits_as<V8f>(max(exponent + bias, V8i{}) << 23);
    }
    [[nodiscard]] V8u addend(const Line& c) const {
        return truncated(c.value * factor(c.exponent));
    }
    [[nodiscard]] V8u product(const Line& b, float a, int a_exponent) const {
        return truncated(b.value * a * factor(b.exponent + a_exponent));
    }
};

template <class Output>
struct TermsOf {
    using Type = NarrowTerms;
};
template <>
struct TermsOf<WideToF32> {
    using Type = WideTerms;
};

/// Adds partial sums. What is not below 2^31 comes out a quarter as large, with units four
/// times as large and a sticky last bit.
template <int kPartials>
void add_partial_sums(const V8u (&partial)[kPartials], V8i unit_exponent, Sum& sum) {
    V8u total = partial[0];
    V8u overflow = {};
    for (int i = 1; i < kPartials; ++i) {
        const V8u next = total + partial[i];
        overflow |= (total ^ next) & (partial[i] ^ next);
        total = next;
    }
    overflow |= bits_as<V8u>(total == 0x80000000u);  // its magnitude has 32 bits
    sum.negative = bits_as<V8u>(bits_as<V8i>(total) >> 31);
    sum.magnitude = bits_as<V8i>((total ^ sum.negative) - sum.negative);
    sum.unit_exponent = unit_exponent;
    if constexpr (kPartials > 1) {
        if (!any_above(bits_as<V8i>(overflow >> 31), 0)) [[likely]]
            return;
        const V8i overflowed = bits_as<V8i>(overflow) >> 31;
        V8i high = {};
        V8i low = {};
        for (int i = 0; i < kPartials; ++i) {
            high += bits_as<V8i>(partial[i]) >> 8;
            low += bits_as<V8i>(partial[i]) & 0xff;
        }
        high += low >> 8;
        low &= 0xff;
        const V8i negative = high >> 31;
        const V8i borrow = (negative & low) != 0 ? splat(1) : V8i{};
        const V8i low_magnitude = ((low ^ negative) - negative) & 0xff;
        const V8i high_magnitude = ((high ^ negative) - negative) - borrow;
        const V8i sticky = (low_magnitude & 3) != 0 ? splat(1) : V8i{};
        const V8i quarter = (high_magnitude << 6) | (low_magnitude >> 2) | sticky;
        sum.negative = bits_as<V8u>(overflowed != 0 ? negative : bits_as<V8i>(sum.negative));
        sum.magnitude = overflowed != 0 ? quarter : sum.magnitude;
        sum.unit_exponent = overflowed != 0 ? unit_exponent + 2 : unit_exponent;
    }
}

/// The slots of a group of one row of A, and the rows of B that they meet.
template <bool kInOrder>
struct GroupOfA {
    const float* values;
    const int* exponents;
    const std::uint8_t* selects;
    const std::uint8_t* order;

    GroupOfA(const KernelPlan& plan, const DecodedA& a, const KernelOperands& operands, int row,
             int first)
        : values(a.value[row] + (kInOrder ? first : 0)),
          exponents(a.exponent[row] + (kInOrder ? first : 0)),
          selects(operands.rows[row] + (kInOrder ? first : 0)),
          order(plan.order + first) {}
    /// Where its i-th slot stands in the arrays.
    [[nodiscard]] int slot(int i) const { return kInOrder ? i : order[i]; }
};

/// One group of one row: c + the products.
template <class Output, int kProducts, bool kInOrder>
V8u sum_group(const KernelPlan& plan, const GroupOfA<kInOrder>& a, const DecodedB& b, V8u c) {
    using Terms = typename TermsOf<Output>::Type;
    constexpr int kBlock = kProducts < kPartialProducts ? kProducts : kPartialProducts;
    constexpr int kPartials = kProducts / kBlock;
    Line addend;
    Output::decode(c, addend);
    V8i product_exponent = splat(2 * kZeroExponent);
#pragma GCC unroll 1
    for (int first = 0; first < kProducts; first += kBlock) {
        for (int i = first; i < first + kBlock; ++i) {
            const int slot = a.slot(i);
            const V8i b_exponent = b.slot[a.selects[slot]].exponent;
            product_exponent = max(product_exponent, b_exponent + a.exponents[slot]);
        }
    }
    const V8i exponent = max(product_exponent, addend.exponent);
    const V8i common =
        min(max(exponent, splat(Output::floor(plan))), splat(Output::kLargestExponent));

    const Terms terms(plan.fraction_bits, common);
    V8u partial[kPartials];
#pragma GCC unroll 1
    for (int block = 0; block < kPartials; ++block) {
        V8u sum = {};
        for (int i = block * kBlock; i < (block + 1) * kBlock; ++i) {
            const int slot = a.slot(i);
            sum += terms.product(b.slot[a.selects[slot]], a.values[slot], a.exponents[slot]);
        }
        partial[block] = sum;
    }
    partial[0] += terms.addend(addend);
    Sum sum;
    add_partial_sums(partial, common - plan.fraction_bits, sum);
    const V8u result = Output::convert(plan, sum, product_exponent, c);
    if (!any_above(exponent, kSpecial)) [[likely]]
        return result;

    V8f total =
        addend.value;  // finite terms are too small, or c's last place too large, to overflow
    for (int i = 0; i < kProducts; ++i) {
        const int slot = a.slot(i);
        total += b.slot[a.selects[slot]].value * a.values[slot];
    }
    return exponent > kSpecial ? Output::special(total) : result;
}

template <class Output, int kProducts, bool kInOrder>
void chain_groups(const KernelPlan& plan, const KernelOperands& operands, const DecodedA& a,
                  const DecodedB& b) {
    V8u results[kRows];
    for (int row = 0; row < plan.m; ++row) {
        results[row] = plan.addend_last ? V8u{} : Output::load_c(plan, operands.c, row);
    }
    for (int first = 0; first < plan.slots; first += kProducts) {
        for (int row = 0; row < plan.m; ++row) {
            const GroupOfA<kInOrder> group(plan, a, operands, row, first);
            results[row] = sum_group<Output, kProducts>(plan, group, b, results[row]);
        }
    }
    for (int row = 0; row < plan.m; ++row) {
        const V8u d = plan.addend_last
                          ? Output::add(results[row], Output::load_c(plan, operands.c, row))
                          : results[row];
        Output::store_d(operands.d, row, d);
    }
}

template <class Output, int kProducts>
void compute_float(const KernelPlan& plan, const KernelOperands& operands) {
    DecodedA a;
    DecodedB b;
    decode_a(plan, operands.a, a);
    decode_b(plan, operands.b, b);
    if (plan.in_order) {
        chain_groups<Output, kProducts, true>(plan, operands, a, b);
    } else {
        chain_groups<Output, kProducts, false>(plan, operands, a, b);
    }
}

template <class Output>
Kernel select_float_output(const KernelPlan& plan) {
    switch (plan.products) {
        case 2:
            return compute_float<Output, 2>;
        case 4:
            return compute_float<Output, 4>;
        case 8:
            return compute_float<Output, 8>;
        case 16:
            return compute_float<Output, 16>;
        case 32:
            return compute_float<Output, 32>;
        default:
            return nullptr;
    }
}

Kernel select_float(const KernelPlan& plan) {
    if (plan.d_f16) return select_float_output<NarrowToF16>(plan);
    const bool wide = plan.a == FloatFormat::kBf16 || plan.a == FloatFormat::kTf32;
    return wide ? select_float_output<WideToF32>(plan) : select_float_output<NarrowToF32>(plan);
}

}  // namespace
}  // namespace sptc::numeric
