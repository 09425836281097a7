#pragma once
#include <cstdint>
#include <span>

#include "models/isa/architecture.hpp"
#include "models/isa/dot_rule.hpp"
#include "models/isa/mma.hpp"
#include "models/reference/number.hpp"

namespace sptc::reference {

/// What one group is computed with: the formats of its operands and the parameters of T-FDPA.
struct FdpaRules {
    FloatFormat a;
    FloatFormat b;
    FloatFormat accumulator;  ///< of the addend and the result
    int fraction_bits;        ///< F: every term is truncated to units of 2^(E - F)
    int e_zero;               ///< the least E
    int f32_fraction_bits;    ///< fraction bits of an f32 result that survive
    int products;             ///< L: products of one group
};

/// The rules of a floating-point form; its accumulator has the format of D.
[[nodiscard]] FdpaRules fdpa_rules(const isa::MmaForm& form, const isa::DotRule& rule);

/// The rules of an operation that is no form of the table, such as wgmma.
[[nodiscard]] FdpaRules fdpa_rules(const isa::FdpaParameters& parameters, types::DataType a,
                                   types::DataType b, types::DataType accumulator);

/// T-FDPA, the truncated fused dot-product-add of tensor cores: the bits of the accumulator's
/// format for sum a[j] * b[j] + c. Rules and their numbers as MMA-Sim (arXiv 2511.10909) and the
/// Leeds models (arXiv 2512.07004) found them on GPUs: 1 operands keep the exponent of their
/// encoding; 2 a product is exact and keeps ea + eb; 3 any NaN, 0 * Inf, or infinities of both
/// signs give the canonical NaN, else an infinity wins; 4 E is the largest exponent among the
/// non-zero terms and e_zero; 5 each term is truncated toward zero to units of 2^(E - F); 6 the sum
/// of those is exact; 7 it is converted once: toward zero to f32, of which fp8 units keep 13
/// fraction bits, to nearest even to f16; all with gradual underflow and overflow to infinity; 8 a
/// zero sum is +0; 9 the NaN has all bits set but the sign. Open in all sources: the sign when a
/// non-zero negative sum rounds to zero (isa::kNegativeUnderflowKeepsSign).
[[nodiscard]] std::uint64_t fused_dot_add(const FdpaRules& rules, std::span<const Number> a,
                                          std::span<const Number> b, const Number& c);

/// The groups of `a` and `b` one after another: each result is the addend of the next. a.size() is
/// a multiple of rules.products; c and the result are bits of the accumulator's format.
[[nodiscard]] std::uint64_t chained_dot_add(const FdpaRules& rules, std::span<const Number> a,
                                            std::span<const Number> b, std::uint64_t c);

}  // namespace sptc::reference
