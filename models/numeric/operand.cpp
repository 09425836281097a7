#include "models/numeric/operand.hpp"

#include <algorithm>

#include "models/base/error.hpp"

namespace sptc::numeric {

Operand decode(types::DataType type, std::uint32_t bits) {
    const types::DataTypeRow& row = types::row(type);
    SPTC_ASSERT(row.exponent_bits > 0 && row.bits <= 32 && type != types::DataType::kE4m3);
    bits >>= row.bits - 1 - row.exponent_bits - row.fraction_bits;  // tf32: 13 unused bits
    const int exponent_max = (1 << row.exponent_bits) - 1;
    const int bias = exponent_max >> 1;
    const std::uint32_t fraction = bits & ((1u << row.fraction_bits) - 1);
    const int field = static_cast<int>(bits >> row.fraction_bits) & exponent_max;
    const bool negative = ((bits >> (row.exponent_bits + row.fraction_bits)) & 1) != 0;
    if (field == exponent_max) {
        return {fraction != 0 ? OperandClass::kNan : OperandClass::kInfinite, negative, 0, 0};
    }
    const std::uint32_t implicit_bit = field != 0 ? 1u << row.fraction_bits : 0;
    return {OperandClass::kFinite, negative, std::max(field, 1) - bias, fraction | implicit_bit};
}

}  // namespace sptc::numeric
