#pragma once
#include <cstdint>
#include <span>

#include "models/reference/number.hpp"

namespace sptc::reference {

/// What happens to a sum that s32 cannot hold.
enum class Overflow : std::uint8_t {
    kWrap,     ///< modulo 2^32
    kSaturate  ///< .satfinite: clamped to -2^31 .. 2^31 - 1
};

/// The bits of the s32 c + sum a[j] * b[j] of integers: exact, then wrapped or clamped once. PTX
/// says so; whether hardware clamps inside an instruction too is open, and shows only where |c| is
/// near 2^31 and the partial sums change sign.
[[nodiscard]] std::uint64_t integer_dot_add(std::span<const Number> a, std::span<const Number> b,
                                            std::uint64_t c, Overflow overflow);

enum class BitOperation : std::uint8_t { kAnd, kXor };

/// The bits of c plus the number of j where `a[j] operation b[j]` is 1, modulo 2^32.
[[nodiscard]] std::uint64_t popcount_add(std::span<const Number> a, std::span<const Number> b,
                                         std::uint64_t c, BitOperation operation);

}  // namespace sptc::reference
