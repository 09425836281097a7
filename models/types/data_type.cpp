#include "models/types/data_type.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <bit>
#include <vector>

#include "models/base/error.hpp"

namespace sptc::types {
namespace {

constexpr std::array kRows{
    DataTypeRow{DataType::kF16, "f16", bits(DataType::kF16), 5, 10, "IEEE binary16"},
    DataTypeRow{DataType::kBf16, "bf16", bits(DataType::kBf16), 8, 7, "bfloat16"},
    DataTypeRow{DataType::kTf32, "tf32", bits(DataType::kTf32), 8, 10,
                "f32 whose low 13 bits are ignored"},
    DataTypeRow{DataType::kF32, "f32", bits(DataType::kF32), 8, 23, "IEEE binary32"},
    DataTypeRow{DataType::kF64, "f64", bits(DataType::kF64), 11, 52, "IEEE binary64"},
    DataTypeRow{DataType::kS8, "s8", bits(DataType::kS8), 0, 0, "signed integer"},
    DataTypeRow{DataType::kU8, "u8", bits(DataType::kU8), 0, 0, "unsigned integer"},
    DataTypeRow{DataType::kS4, "s4", bits(DataType::kS4), 0, 0, "signed integer"},
    DataTypeRow{DataType::kU4, "u4", bits(DataType::kU4), 0, 0, "unsigned integer"},
    DataTypeRow{DataType::kB1, "b1", bits(DataType::kB1), 0, 0, "bit"},
    DataTypeRow{DataType::kE4m3, "e4m3", bits(DataType::kE4m3), 4, 3,
                "8-bit float without infinity"},
    DataTypeRow{DataType::kE5m2, "e5m2", bits(DataType::kE5m2), 5, 2, "8-bit float, IEEE-like"},
    DataTypeRow{DataType::kS32, "s32", bits(DataType::kS32), 0, 0, "signed integer accumulator"},
    DataTypeRow{DataType::kU16, "u16", bits(DataType::kU16), 0, 0,
                "unsigned integer; metadata words in files"},
    DataTypeRow{DataType::kU32, "u32", bits(DataType::kU32), 0, 0,
                "unsigned integer; metadata words in files"},
};

}  // namespace

std::span<const DataTypeRow> data_types() { return kRows; }

const DataTypeRow& row(DataType type) {
    const DataTypeRow& found = kRows[static_cast<std::size_t>(type)];
    SPTC_ASSERT(found.type == type);
    return found;
}

std::string_view name(DataType type) { return row(type).name; }

DataType parse_data_type(std::string_view name) {
    std::vector<std::string_view> legal;
    for (const DataTypeRow& candidate : kRows) {
        if (candidate.name == name) return candidate.type;
        legal.push_back(candidate.name);
    }
    throw base::ConfigError(
        fmt::format("unknown type '{}': expected one of {}", name, fmt::join(legal, ", ")));
}

double f16_to_f64(std::uint16_t bits) {
    const bool negative = (bits >> 15) != 0;
    const int exponent = (bits >> 10) & 0x1f;
    const std::uint64_t fraction = bits & 0x3ffu;
    const std::uint64_t sign = std::uint64_t{negative} << 63;
    if (exponent == 0x1f) {
        return std::bit_cast<double>(sign | 0x7ff0000000000000u | (fraction << 42));
    }
    if (exponent == 0) {
        const double magnitude = static_cast<double>(fraction) * 0x1p-24;
        return negative ? -magnitude : magnitude;
    }
    return std::bit_cast<double>(sign | (static_cast<std::uint64_t>(exponent - 15 + 1023) << 52) |
                                 (fraction << 42));
}

float f16_to_f32(std::uint16_t bits) { return static_cast<float>(f16_to_f64(bits)); }

std::uint16_t f64_to_f16(double value) {
    const auto raw = std::bit_cast<std::uint64_t>(value);
    const auto sign = static_cast<std::uint16_t>((raw >> 48) & 0x8000u);
    const int exponent = static_cast<int>((raw >> 52) & 0x7ff);
    const std::uint64_t fraction = raw & 0xfffffffffffffu;
    if (exponent == 0x7ff) {
        return fraction != 0 ? std::uint16_t{0x7fff} : static_cast<std::uint16_t>(sign | 0x7c00u);
    }
    // The result's unit in the last place is 2^(e-10) for normal numbers and 2^-24 below 2^-14.
    const int unbiased = exponent - 1023;
    if (exponent == 0 || unbiased < -26) return sign;
    if (unbiased > 15) return static_cast<std::uint16_t>(sign | 0x7c00u);
    const std::uint64_t significand = fraction | (1ull << 52);
    const int drop = 42 + (unbiased < -14 ? -14 - unbiased : 0);
    const std::uint64_t kept = significand >> drop;
    const std::uint64_t rest = significand & ((1ull << drop) - 1);
    const std::uint64_t half = 1ull << (drop - 1);
    const std::uint64_t rounded = kept + ((rest > half || (rest == half && (kept & 1))) ? 1 : 0);
    // Adding (not or-ing) the significand lets a carry run into the exponent, up to infinity.
    const int biased = unbiased < -14 ? 0 : unbiased + 14;
    return static_cast<std::uint16_t>(sign |
                                      ((static_cast<std::uint64_t>(biased) << 10) + rounded));
}

}  // namespace sptc::types
