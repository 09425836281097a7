#include "models/numeric/operand.hpp"

#include <algorithm>

#include "models/base/error.hpp"

namespace sptc::numeric {

using types::DataType;

Operand decode(DataType type, std::uint32_t bits) {
    const types::DataTypeRow& row = types::row(type);
    SPTC_ASSERT(row.exponent_bits > 0 && row.bits <= 32);
    bits >>= row.bits - 1 - row.exponent_bits - row.fraction_bits;  // tf32: 13 unused bits
    const int exponent_max = (1 << row.exponent_bits) - 1;
    const int bias = exponent_max >> 1;
    const std::uint32_t fraction_max = (1u << row.fraction_bits) - 1;
    const std::uint32_t fraction = bits & fraction_max;
    const int field = static_cast<int>(bits >> row.fraction_bits) & exponent_max;
    const bool negative = ((bits >> (row.exponent_bits + row.fraction_bits)) & 1) != 0;
    if (field == exponent_max) {
        if (type != DataType::kE4m3) {
            return {fraction != 0 ? OperandClass::kNan : OperandClass::kInfinite, negative, 0, 0};
        }
        if (fraction == fraction_max) return {OperandClass::kNan, negative, 0, 0};
    }
    const std::uint32_t implicit_bit = field != 0 ? 1u << row.fraction_bits : 0;
    return {OperandClass::kFinite, negative, std::max(field, 1) - bias, fraction | implicit_bit};
}

std::uint32_t widened_to_f16(DataType type, std::uint32_t bits) {
    constexpr int kSignificandBits = 11;  // of f16
    if (type == DataType::kE5m2) return bits << 8;
    const Operand value = decode(type, bits);
    const std::uint32_t sign = std::uint32_t{value.negative} << 15;
    if (value.kind == OperandClass::kNan) return sign | 0x7fff;
    if (value.zero()) return sign;
    // Every non-zero e4m3 is a normal f16: move the leading one to the implicit bit.
    std::uint32_t significand = value.significand;
    int exponent = value.exponent + kSignificandBits - 1 - types::row(type).fraction_bits;
    for (; significand >> (kSignificandBits - 1) == 0; significand <<= 1) --exponent;
    return sign | ((static_cast<std::uint32_t>(exponent + 14) << 10) + significand);
}

}  // namespace sptc::numeric
