#include "traces/probe/element.hpp"

#include <cmath>

#include "models/base/error.hpp"

namespace sptc::probe {
namespace {

using types::DataType;

/// Where the fields of a floating-point type stand. `unused_bits`: below the fraction (tf32).
struct Fields {
    int exponent_bits;
    int fraction_bits;
    int unused_bits;

    [[nodiscard]] int bias() const { return (1 << (exponent_bits - 1)) - 1; }
    [[nodiscard]] int least_exponent() const { return 1 - bias(); }
    [[nodiscard]] std::uint64_t all_exponent() const { return (1ull << exponent_bits) - 1; }
    [[nodiscard]] std::uint64_t all_fraction() const { return (1ull << fraction_bits) - 1; }
    [[nodiscard]] std::uint64_t join(std::uint64_t exponent, std::uint64_t fraction) const {
        return ((exponent << fraction_bits) | fraction) << unused_bits;
    }
};

Fields fields(DataType type) {
    const types::DataTypeRow& row = types::row(type);
    SPTC_ASSERT(row.exponent_bits > 0);
    return {row.exponent_bits, row.fraction_bits,
            row.bits - 1 - row.exponent_bits - row.fraction_bits};
}

std::optional<std::uint64_t> encode_float(DataType type, double value) {
    const Fields f = fields(type);
    const std::uint64_t sign = std::signbit(value) ? sign_bit(type) : 0;
    const double magnitude = std::fabs(value);
    if (magnitude == 0) return sign;
    int exponent = 0;
    (void)std::frexp(magnitude, &exponent);
    exponent = std::max(exponent - 1, f.least_exponent());
    const double significand = std::ldexp(magnitude, f.fraction_bits - exponent);
    if (significand != std::floor(significand)) return std::nullopt;
    const auto integer = static_cast<std::uint64_t>(significand);
    const bool normal = integer > f.all_fraction();
    const std::uint64_t biased = normal ? static_cast<std::uint64_t>(exponent + f.bias()) : 0;
    const std::uint64_t bits = f.join(biased, integer & f.all_fraction());
    if (biased > f.all_exponent() || bits > largest_finite(type)) return std::nullopt;
    return sign | bits;
}

std::optional<std::uint64_t> encode_integer(DataType type, double value) {
    const int bits = types::bits(type);
    const bool is_signed = types::name(type).front() == 's';
    const double least = is_signed ? -std::ldexp(1.0, bits - 1) : 0.0;
    const double most = std::ldexp(1.0, is_signed ? bits - 1 : bits) - 1;
    if (value != std::floor(value) || value < least || value > most) return std::nullopt;
    const auto integer = static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
    return bits == 64 ? integer : integer & ((1ull << bits) - 1);
}

}  // namespace

std::uint64_t get_element(std::span<const std::byte> bytes, int bits, std::size_t index) {
    if (bits < 8) {
        const std::size_t at = index * static_cast<std::size_t>(bits);
        const unsigned byte = std::to_integer<unsigned>(bytes[at / 8]);
        return (byte >> (at % 8)) & ((1u << bits) - 1);
    }
    const auto size = static_cast<std::size_t>(bits / 8);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
        value |= std::to_integer<std::uint64_t>(bytes[index * size + i]) << (8 * i);
    }
    return value;
}

void set_element(std::span<std::byte> bytes, int bits, std::size_t index, std::uint64_t value) {
    if (bits < 8) {
        const std::size_t at = index * static_cast<std::size_t>(bits);
        const unsigned mask = ((1u << bits) - 1) << (at % 8);
        const unsigned old = std::to_integer<unsigned>(bytes[at / 8]);
        const auto shifted = static_cast<unsigned>(value << (at % 8));
        bytes[at / 8] = static_cast<std::byte>((old & ~mask) | (shifted & mask));
        return;
    }
    const auto size = static_cast<std::size_t>(bits / 8);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[index * size + i] = static_cast<std::byte>((value >> (8 * i)) & 0xff);
    }
}

std::optional<std::uint64_t> encode(DataType type, double value) {
    return types::row(type).exponent_bits > 0 ? encode_float(type, value)
                                              : encode_integer(type, value);
}

std::uint64_t exact(DataType type, double value) {
    const auto bits = encode(type, value);
    SPTC_ASSERT(bits.has_value());
    return *bits;
}

std::uint64_t sign_bit(DataType type) { return 1ull << (types::bits(type) - 1); }

std::optional<std::uint64_t> infinity(DataType type) {
    if (type == DataType::kE4m3) return std::nullopt;
    const Fields f = fields(type);
    return f.join(f.all_exponent(), 0);
}

std::uint64_t quiet_nan(DataType type) {
    const Fields f = fields(type);
    return f.join(f.all_exponent(), f.all_fraction());
}

std::uint64_t signalling_nan(DataType type) {
    if (type == DataType::kE4m3) return quiet_nan(type);
    const Fields f = fields(type);
    return f.join(f.all_exponent(), 1);
}

std::uint64_t largest_finite(DataType type) {
    const Fields f = fields(type);
    if (type == DataType::kE4m3) return f.join(f.all_exponent(), f.all_fraction() - 1);
    return f.join(f.all_exponent() - 1, f.all_fraction());
}

}  // namespace sptc::probe
