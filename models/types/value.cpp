#include "models/types/value.hpp"

#include <bit>

#include "models/base/error.hpp"

namespace sptc::types {
namespace {

constexpr int kTf32IgnoredBits = 13;
constexpr int kF64FractionBits = 52;
constexpr int kF64Bias = 1023;
constexpr int kF64TopExponent = 0x7ff;

bool is_signed(DataType type) {
    return type == DataType::kS8 || type == DataType::kS4 || type == DataType::kS32;
}

/// As f64_to_f16, for any format with infinities that is narrower than f64.
std::uint64_t narrowed(double value, int exponent_bits, int fraction_bits) {
    const auto raw = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t sign = raw >> 63 << (exponent_bits + fraction_bits);
    const int exponent = static_cast<int>((raw >> kF64FractionBits) & kF64TopExponent);
    const std::uint64_t fraction = raw & ((std::uint64_t{1} << kF64FractionBits) - 1);
    const std::uint64_t all_ones = (std::uint64_t{1} << (exponent_bits + fraction_bits)) - 1;
    const std::uint64_t infinity = all_ones >> fraction_bits << fraction_bits;
    if (exponent == kF64TopExponent) return fraction != 0 ? all_ones : sign | infinity;
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const int least = 1 - bias;  // exponent of the smallest normal number
    const int unbiased = exponent - kF64Bias;
    if (unbiased > bias) return sign | infinity;
    const int drop = kF64FractionBits - fraction_bits + (unbiased < least ? least - unbiased : 0);
    if (exponent == 0 || drop > kF64FractionBits + 1) return sign;
    const std::uint64_t significand = fraction | (std::uint64_t{1} << kF64FractionBits);
    const std::uint64_t kept = significand >> drop;
    const std::uint64_t rest = significand & ((std::uint64_t{1} << drop) - 1);
    const std::uint64_t half = std::uint64_t{1} << (drop - 1);
    const bool up = rest > half || (rest == half && (kept & 1) != 0);
    // Adding (not or-ing) the significand lets a carry run into the exponent, up to infinity.
    const auto biased = static_cast<std::uint64_t>(unbiased < least ? 0 : unbiased - least);
    return sign | ((biased << fraction_bits) + kept + (up ? 1 : 0));
}

}  // namespace

bool is_integer(DataType type) { return row(type).exponent_bits == 0; }

IntegerRange integer_range(DataType type) {
    SPTC_ASSERT(is_integer(type));
    const std::int64_t values = std::int64_t{1} << bits(type);
    if (is_signed(type)) return {-values / 2, values / 2 - 1};
    return {0, values - 1};
}

double value_of(DataType type, std::uint64_t element) {
    const auto word = static_cast<std::uint32_t>(element);
    switch (type) {
        case DataType::kF16:
            return f16_to_f64(static_cast<std::uint16_t>(element));
        case DataType::kBf16:
            return std::bit_cast<float>(word << 16);
        case DataType::kTf32:
            return std::bit_cast<float>(word >> kTf32IgnoredBits << kTf32IgnoredBits);
        case DataType::kF32:
            return std::bit_cast<float>(word);
        case DataType::kF64:
            return std::bit_cast<double>(element);
        default:
            break;
    }
    const IntegerRange range = integer_range(type);
    const auto integer = static_cast<std::int64_t>(element);
    return static_cast<double>(integer > range.greatest ? integer - (std::int64_t{1} << bits(type))
                                                        : integer);
}

std::uint64_t nearest_bits(DataType type, double value) {
    const DataTypeRow& format = row(type);
    if (type == DataType::kF64) return std::bit_cast<std::uint64_t>(value);
    if (!is_integer(type)) {
        const std::uint64_t narrow = narrowed(value, format.exponent_bits, format.fraction_bits);
        return type == DataType::kTf32 ? narrow << kTf32IgnoredBits : narrow;
    }
    const IntegerRange range = integer_range(type);
    const auto integer = static_cast<std::int64_t>(value);
    SPTC_ASSERT(static_cast<double>(integer) == value && range.least <= integer &&
                integer <= range.greatest);
    return static_cast<std::uint64_t>(integer) & ((std::uint64_t{1} << bits(type)) - 1);
}

}  // namespace sptc::types
