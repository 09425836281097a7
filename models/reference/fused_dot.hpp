#pragma once
#include <cstdint>
#include <span>

#include "models/isa/arithmetic.hpp"
#include "models/isa/mma.hpp"
#include "models/reference/number.hpp"

namespace sptc::reference {

/// What one group of an instruction is computed with: the formats of its operands and the
/// architecture's parameters.
struct GroupRules {
    FloatFormat a;
    FloatFormat b;
    FloatFormat accumulator;  ///< of C and D
    int fraction_bits;        ///< F: every term is truncated to units of 2^(E - F)
    int e_zero;               ///< the least E
    int products;             ///< L: products of one group
};

/// Every form of the table has one type for C and D (SPTC_ASSERT).
[[nodiscard]] GroupRules group_rules(const isa::MmaForm& form, const isa::Arithmetic& arithmetic);

/// T-FDPA, the truncated fused dot-product-add of tensor cores: the bits of the accumulator's
/// format for sum a[j] * b[j] + c. Rules and their numbers as MMA-Sim (arXiv 2511.10909) and the
/// Leeds models (arXiv 2512.07004) found them on GPUs: 1 operands keep the exponent of their
/// encoding; 2 a product is exact and keeps ea + eb; 3 any NaN, 0 * Inf, or infinities of both
/// signs give the canonical NaN, else an infinity wins; 4 E is the largest exponent among the
/// non-zero terms and e_zero; 5 each term is truncated toward zero to units of 2^(E - F); 6 the sum
/// of those is exact; 7 it is converted once: toward zero to f32, to nearest even to f16, both with
/// gradual underflow and overflow to infinity; 8 a zero sum is +0; 9 the NaN has all bits set but
/// the sign. Open in all sources: the sign when a non-zero negative sum rounds to zero. Here it
/// stays (-0).
[[nodiscard]] std::uint32_t fused_dot_add(const GroupRules& rules, std::span<const Number> a,
                                          std::span<const Number> b, const Number& c);

/// The groups of `a` and `b` one after another, ascending: each result is the addend of the next.
/// a.size() is a multiple of rules.products.
[[nodiscard]] std::uint32_t chained_dot_add(const GroupRules& rules, std::span<const Number> a,
                                            std::span<const Number> b, std::uint32_t c);

}  // namespace sptc::reference
