#pragma once
#include <bit>
#include <cstdint>

namespace sptc::ptx {

/// Arithmetic that rounds once, from what C++ gives: no libm decides a bit.

inline constexpr std::uint32_t kNanF32 =
    0x7fffffffu;  ///< the only NaN that f32 arithmetic returns (PTX ISA)

/// a + b in f64 rounded to odd: what is rounded again, to at most 51 bits, is then rounded only
/// once.
inline double add_round_to_odd(double a, double b) {
    const double sum = a + b;
    // Two-sum (Knuth): a + b = sum + error exactly, as long as nothing overflows.
    const double b_part = sum - a;
    const double a_part = sum - b_part;
    const double error = (a - a_part) + (b - b_part);
    const auto bits = std::bit_cast<std::uint64_t>(sum);
    if (!(error != 0.0) || error - error != 0.0 || (bits & 1u) != 0) return sum;
    const bool away_from_zero = (error > 0.0) == (sum > 0.0);
    return std::bit_cast<double>(away_from_zero ? bits + 1 : bits - 1);
}

/// a * b + c with one rounding to f32. The product of two f32 is exact in f64.
inline float fused_multiply_add(float a, float b, float c) {
    const double product = static_cast<double>(a) * static_cast<double>(b);
    return static_cast<float>(add_round_to_odd(product, static_cast<double>(c)));
}

}  // namespace sptc::ptx
