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
/// from 2^128 on. Of the 23 fraction bits the first `fraction_bits` survive (13: RZ-E8M13). Zero is
/// +0; what is cut to zero follows isa::kNegativeUnderflowKeepsSign.
[[nodiscard]] std::uint32_t truncate_to_f32(const FixedPoint& value, int fraction_bits);

/// RNE-F16: rounded once to nearest, ties to even; gradual underflow at 2^-24; infinity from 65520
/// on. Zeros as above.
[[nodiscard]] std::uint32_t round_to_f16(const FixedPoint& value);

/// x + y of two f32 or two f16 as one IEEE addition, rounded to nearest even; NaN is canonical.
[[nodiscard]] std::uint32_t add_f32(std::uint32_t x, std::uint32_t y);
[[nodiscard]] std::uint32_t add_f16(std::uint32_t x, std::uint32_t y);

}  // namespace sptc::numeric
