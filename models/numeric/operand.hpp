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

/// Takes the bits of an IEEE-like type (f16, bf16, tf32, f32, e5m2) apart. Of tf32 the low 13 bits
/// are ignored.
[[nodiscard]] Operand decode(types::DataType type, std::uint32_t bits);

}  // namespace sptc::numeric
