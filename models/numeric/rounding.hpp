#pragma once
#include <cstdint>

namespace sptc::numeric {

inline constexpr std::uint32_t kCanonicalNanF32 = 0x7fffffff;
inline constexpr std::uint32_t kCanonicalNanF16 = 0x7fff;

/// A signed fixed-point number: (-1)^negative * magnitude * 2^unit_exponent, magnitude below 2^62.
struct FixedPoint {
    bool negative;
    std::uint64_t magnitude;
    int unit_exponent;
};

/// RZ-F32: 24 significant bits, the rest cut off; gradual underflow cut off at 2^-149; infinity
/// from 2^128 on. Zero is +0; what is cut to zero follows isa::kNegativeUnderflowKeepsSign.
[[nodiscard]] std::uint32_t truncate_to_f32(const FixedPoint& value);

/// RNE-F16: rounded once to nearest, ties to even; gradual underflow at 2^-24; infinity from 65520
/// on. Zeros as above.
[[nodiscard]] std::uint32_t round_to_f16(const FixedPoint& value);

}  // namespace sptc::numeric
