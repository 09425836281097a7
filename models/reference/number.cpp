#include "models/reference/number.hpp"

#include <array>
#include <bit>
#include <limits>

#include "models/base/error.hpp"

namespace sptc::reference {
namespace {

constexpr std::array kFormats{
    FloatFormat{types::DataType::kF16, 5, 10},
    FloatFormat{types::DataType::kF32, 8, 23},
};

/// 2^exponent for the exponents of normal float64 numbers.
double power_of_two(int exponent) {
    constexpr int kBias = 1023;
    constexpr int kFractionBits = 52;
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + kBias) << kFractionBits);
}

}  // namespace

const FloatFormat& float_format(types::DataType type) {
    const FloatFormat* found = nullptr;
    for (const FloatFormat& format : kFormats) {
        if (format.type == type) found = &format;
    }
    SPTC_ASSERT(found != nullptr);
    return *found;
}

Number decode(const FloatFormat& format, std::uint32_t bits) {
    const std::uint32_t fraction = bits & ((1u << format.fraction_bits) - 1);
    const std::uint32_t all_ones = (1u << format.exponent_bits) - 1;
    const std::uint32_t code = (bits >> format.fraction_bits) & all_ones;
    Number number;
    number.negative = (bits & format.sign_bit()) != 0;
    if (code == all_ones) {
        number.kind = fraction == 0 ? NumberClass::kInfinite : NumberClass::kNan;
        return number;
    }
    const bool subnormal = code == 0;
    const int above_minimum = subnormal ? 0 : static_cast<int>(code) - 1;
    number.exponent = static_cast<std::int16_t>(format.minimum_exponent() + above_minimum);
    number.significand = subnormal ? fraction : fraction | (1u << format.fraction_bits);
    number.kind = number.significand == 0 ? NumberClass::kZero : NumberClass::kFinite;
    return number;
}

double to_f64(const FloatFormat& format, const Number& number) {
    if (number.kind == NumberClass::kNan) return std::numeric_limits<double>::quiet_NaN();
    double magnitude = std::numeric_limits<double>::infinity();
    if (number.kind != NumberClass::kInfinite) {
        magnitude = number.significand * power_of_two(number.exponent - format.fraction_bits);
    }
    return number.negative ? -magnitude : magnitude;
}

std::uint32_t load_bits(const FloatFormat& format, std::span<const std::byte> array,
                        std::size_t index) {
    const std::size_t bytes = static_cast<std::size_t>(format.bits()) / 8;
    SPTC_ASSERT((index + 1) * bytes <= array.size());
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
        bits |= std::to_integer<std::uint32_t>(array[index * bytes + i]) << (8 * i);
    }
    return bits;
}

void store_bits(const FloatFormat& format, std::span<std::byte> array, std::size_t index,
                std::uint32_t bits) {
    const std::size_t bytes = static_cast<std::size_t>(format.bits()) / 8;
    SPTC_ASSERT((index + 1) * bytes <= array.size());
    for (std::size_t i = 0; i < bytes; ++i) {
        array[index * bytes + i] = static_cast<std::byte>(bits >> (8 * i));
    }
}

}  // namespace sptc::reference
