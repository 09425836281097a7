#pragma once
#include <cstdint>
#include <span>

#include "models/types/data_type.hpp"

namespace sptc::numeric {

/// What one truncated fused dot-product-add (T-FDPA, arXiv 2511.10909) needs to know.
struct FdpaRule {
    int fraction_bits;  ///< F
    int e_zero;         ///< floor of the common exponent
    types::DataType a;
    types::DataType b;
    types::DataType d;           ///< of the result and of c; f32: truncated; f16: to nearest even
    int f32_fraction_bits = 23;  ///< fraction bits of an f32 result that survive
};

/// One group: c + sum of a[i] * b[i] as raw bits, for any values. Every term is cut off (toward
/// zero) below 2^(E - F), where E is the largest exponent of a non-zero term; the sum is exact and
/// converted once.
[[nodiscard]] std::uint32_t fused_dot_product_add(const FdpaRule& rule,
                                                  std::span<const std::uint32_t> a,
                                                  std::span<const std::uint32_t> b,
                                                  std::uint32_t c);

}  // namespace sptc::numeric
