#pragma once
#include <cstdint>
#include <span>

#include "models/isa/arithmetic.hpp"
#include "models/isa/mma.hpp"

namespace sptc::numeric {

/// What one truncated fused dot-product-add (T-FDPA, arXiv 2511.10909) needs to know.
struct FdpaRule {
    int fraction_bits;  ///< F
    int e_zero;         ///< floor of the common exponent, by D's type
    types::DataType a;
    types::DataType b;
    types::DataType c;
    types::DataType d;  ///< f32: truncated; f16: rounded to nearest even
};

[[nodiscard]] FdpaRule fdpa_rule(const isa::Arithmetic& arithmetic, const isa::MmaForm& form);

/// One group: c + sum of a[i] * b[i] as raw bits, for any values. Every term is cut off (toward
/// zero) below 2^(E - F), where E is the largest exponent of a non-zero term; the sum is exact and
/// converted once.
[[nodiscard]] std::uint32_t fused_dot_product_add(const FdpaRule& rule,
                                                  std::span<const std::uint32_t> a,
                                                  std::span<const std::uint32_t> b,
                                                  std::uint32_t c);

}  // namespace sptc::numeric
