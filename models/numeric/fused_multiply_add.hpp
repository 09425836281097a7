#pragma once
#include <cstdint>

#include "models/isa/mma.hpp"

namespace sptc::numeric {

inline constexpr std::uint64_t kCanonicalNanF64 = 0x7ff8000000000000;

/// a * b + c of raw f64 as one IEEE operation, rounded once; NaN is canonical. Integer arithmetic
/// only, so no libm or processor decides a bit.
[[nodiscard]] std::uint64_t fused_multiply_add(std::uint64_t a, std::uint64_t b, std::uint64_t c,
                                               isa::Rounding rounding);

}  // namespace sptc::numeric
