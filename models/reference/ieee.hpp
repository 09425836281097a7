#pragma once
#include <cstdint>
#include <span>

#include "models/isa/mma.hpp"
#include "models/reference/number.hpp"

namespace sptc::reference {

// IEEE 754 operations, computed exactly and rounded once, to nearest even unless something else is
// said. NaN is canonical.

/// The bits of a * b + c; all four are numbers of `format`.
[[nodiscard]] std::uint64_t fused_multiply_add(
    const FloatFormat& format, const Number& a, const Number& b, const Number& c,
    isa::Rounding rounding = isa::Rounding::kNearestEven);

/// The bits of x + y, given as bits.
[[nodiscard]] std::uint64_t add(const FloatFormat& format, std::uint64_t x, std::uint64_t y);

/// The same value in a format that holds every value of `from`. A subnormal becomes normal where
/// `to` allows.
[[nodiscard]] std::uint64_t widen(const FloatFormat& from, const FloatFormat& to,
                                  std::uint64_t bits);

/// A chain of fused multiply-adds of f64, in order: c = a[j] * b[j] + c. c and the result are bits.
/// This is DMMA (MMA-Sim; full subnormals).
[[nodiscard]] std::uint64_t f64_chain(std::span<const Number> a, std::span<const Number> b,
                                      std::uint64_t c, isa::Rounding rounding);

}  // namespace sptc::reference
