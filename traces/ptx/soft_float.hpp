#pragma once
#include <cstdint>

#include "traces/ptx/rounding.hpp"

namespace sptc::ptx {

// IEEE 754 arithmetic in integers, for every format and rounding. The fast handlers use the host's
// additions and multiplications instead where those round the same way.

__extension__ using Wide128 = unsigned __int128;

enum class NumberClass : std::uint8_t { kFinite, kInfinite, kNan };

/// (-1)^negative * significand * 2^exponent.
struct Unpacked {
    NumberClass kind = NumberClass::kFinite;
    bool negative = false;
    std::uint64_t significand = 0;  ///< 0: zero
    int exponent = 0;
};

[[nodiscard]] Unpacked unpack_float(const FloatFormat& format, std::uint64_t bits);

/// A finite number rounded once. The lowest bit of the significand may stand for any number of
/// lower ones (sticky), when it has at least three bits more than the format.
[[nodiscard]] std::uint64_t round_to_format(const FloatFormat& format, bool negative,
                                            Wide128 significand, int exponent, Round round);

/// A rounded integer; `overflow` when it has more than 64 bits.
struct RoundedInteger {
    std::uint64_t magnitude = 0;
    bool overflow = false;
};
[[nodiscard]] RoundedInteger round_to_integer(const Unpacked& value, Round round);

// Bits in, bits out. NaN results are canonical.
[[nodiscard]] std::uint64_t soft_fma(const FloatFormat& format, std::uint64_t a, std::uint64_t b,
                                     std::uint64_t c, Round round);
[[nodiscard]] std::uint64_t soft_divide(const FloatFormat& format, std::uint64_t a, std::uint64_t b,
                                        Round round);
[[nodiscard]] std::uint64_t soft_sqrt(const FloatFormat& format, std::uint64_t a, Round round);

}  // namespace sptc::ptx
