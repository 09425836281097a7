#include "models/reference/number.hpp"

#include <bit>
#include <limits>

#include "models/base/error.hpp"

namespace sptc::reference {
namespace {

using types::DataType;

bool is_float(DataType type) { return types::row(type).exponent_bits > 0; }

bool is_signed_integer(DataType type) {
    return type == DataType::kS4 || type == DataType::kS8 || type == DataType::kS32;
}

Number decode_integer(DataType type, std::uint64_t bits) {
    const std::uint64_t range = std::uint64_t{1} << types::bits(type);
    const std::uint64_t value = bits & (range - 1);
    Number number;
    number.negative = is_signed_integer(type) && value >= range / 2;
    number.significand = number.negative ? range - value : value;
    number.kind = value == 0 ? NumberClass::kZero : NumberClass::kFinite;
    return number;
}

/// 2^exponent, float64's subnormals included.
double power_of_two(int exponent) {
    constexpr int kBias = 1023;
    constexpr int kFractionBits = 52;
    constexpr int kMinimum = 1 - kBias;
    if (exponent < kMinimum) {
        return std::bit_cast<double>(std::uint64_t{1} << (exponent - kMinimum + kFractionBits));
    }
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + kBias) << kFractionBits);
}

}  // namespace

FloatFormat float_format(DataType type) {
    const types::DataTypeRow& row = types::row(type);
    SPTC_ASSERT(is_float(type));
    return {.type = type,
            .exponent_bits = row.exponent_bits,
            .fraction_bits = row.fraction_bits,
            .ignored_bits = row.bits - (1 + row.exponent_bits + row.fraction_bits),
            .has_infinity = type != DataType::kE4m3};
}

Number decode(const FloatFormat& format, std::uint64_t bits) {
    bits >>= format.ignored_bits;
    const std::uint64_t implicit_one = std::uint64_t{1} << format.fraction_bits;
    const std::uint64_t fraction = bits & (implicit_one - 1);
    const std::uint64_t all_ones = (std::uint64_t{1} << format.exponent_bits) - 1;
    const std::uint64_t code = (bits >> format.fraction_bits) & all_ones;
    Number number;
    number.negative = (bits & format.sign_bit()) != 0;
    if (code == all_ones && format.has_infinity) {
        number.kind = fraction == 0 ? NumberClass::kInfinite : NumberClass::kNan;
        return number;
    }
    if (code == all_ones && fraction == implicit_one - 1) {
        number.kind = NumberClass::kNan;
        return number;
    }
    const bool subnormal = code == 0;
    const int above_minimum = subnormal ? 0 : static_cast<int>(code) - 1;
    number.exponent = static_cast<std::int16_t>(format.minimum_exponent() + above_minimum);
    number.significand = subnormal ? fraction : fraction | implicit_one;
    number.kind = number.significand == 0 ? NumberClass::kZero : NumberClass::kFinite;
    return number;
}

Number decode(DataType type, std::uint64_t bits) {
    return is_float(type) ? decode(float_format(type), bits) : decode_integer(type, bits);
}

double to_f64(DataType type, const Number& number) {
    if (number.kind == NumberClass::kNan) return std::numeric_limits<double>::quiet_NaN();
    double magnitude = std::numeric_limits<double>::infinity();
    if (number.kind != NumberClass::kInfinite) {
        magnitude = static_cast<double>(number.significand) *
                    power_of_two(number.exponent - types::row(type).fraction_bits);
    }
    return number.negative ? -magnitude : magnitude;
}

}  // namespace sptc::reference
