#pragma once
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "models/types/data_type.hpp"

namespace sptc::test {

/// An e4m3 by its definition: bias 7, NaN 0x7f, 448 the largest.
inline std::uint64_t encode_e4m3(double value) {
    const std::uint64_t sign = std::signbit(value) ? 0x80 : 0;
    if (std::isnan(value)) return sign | 0x7f;
    int exponent = 0;
    std::frexp(value, &exponent);
    const int ulp = std::max(exponent - 1, -6) - 3;
    const double significand = std::ldexp(std::abs(value), -ulp);
    if (std::abs(value) > 448 || significand != std::floor(significand)) {
        throw std::runtime_error("no e4m3: " + std::to_string(value));
    }
    const auto steps = static_cast<std::uint64_t>(value == 0 ? 0 : ulp + 9);
    return sign | ((steps << 3) + static_cast<std::uint64_t>(significand));
}

inline std::uint64_t encode_integer(types::DataType type, double value) {
    const auto integer = static_cast<std::int64_t>(value);
    return static_cast<std::uint64_t>(integer) & ((std::uint64_t{1} << types::bits(type)) - 1);
}

/// The bits of a value in any type. f16 and f32 round to nearest; tests use values that the other
/// types hold exactly.
inline std::uint64_t encode(types::DataType type, double value) {
    using types::DataType;
    const auto single = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    switch (type) {
        case DataType::kF16:
            return types::f64_to_f16(value);
        case DataType::kE5m2:
            return types::f64_to_f16(value) >> 8;
        case DataType::kE4m3:
            return encode_e4m3(value);
        case DataType::kBf16:
            return single >> 16;
        case DataType::kTf32:
        case DataType::kF32:
            return single;
        case DataType::kF64:
            return std::bit_cast<std::uint64_t>(value);
        default:
            return encode_integer(type, value);
    }
}

}  // namespace sptc::test
