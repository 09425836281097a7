#pragma once
#include <cstdint>

#include "models/types/data_type.hpp"

namespace sptc::numeric {

enum class OperandClass : std::uint8_t { kFinite, kInfinite, kNan };

/// One floating-point value taken apart: significand * 2^(exponent - fraction_bits of its type).
/// A subnormal has the smallest exponent of its type and is not renormalised; zero has significand
/// 0.
struct Operand {
    OperandClass kind;
    bool negative;
    int exponent;
    std::uint32_t significand;

    [[nodiscard]] bool zero() const { return kind == OperandClass::kFinite && significand == 0; }
};

/// Takes the bits of a floating-point type of at most 32 bits apart. Of tf32 the low 13 bits are
/// ignored. e4m3 has no infinity: its only NaN are S.1111.111 (OCP OFP8).
[[nodiscard]] Operand decode(types::DataType type, std::uint32_t bits);

/// The f16 of the same value as an e4m3 or e5m2; NaN stays NaN.
[[nodiscard]] std::uint32_t widened_to_f16(types::DataType type, std::uint32_t bits);

}  // namespace sptc::numeric
