#include "traces/launch/element.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/tensor_file/npy.hpp"

namespace sptc::launch {
namespace {

using types::DataType;

bool is_integer(DataType type) { return types::row(type).exponent_bits == 0; }

bool is_signed(DataType type) {
    return type == DataType::kS4 || type == DataType::kS8 || type == DataType::kS32;
}

/// Two's complement of the low `bits` bits.
std::int64_t sign_extended(std::uint64_t raw, int bits) {
    return static_cast<std::int64_t>(raw << (64 - bits)) >> (64 - bits);
}

std::uint64_t encode_integer(DataType type, const Number& number) {
    const std::uint64_t all = UINT64_MAX >> (64 - types::bits(type));
    const std::uint64_t highest = is_signed(type) ? all >> 1 : all;
    const std::int64_t lowest = is_signed(type) ? -static_cast<std::int64_t>(highest) - 1 : 0;
    if (const auto* value = std::get_if<std::uint64_t>(&number); value && *value <= highest) {
        return *value;
    }
    if (const auto* value = std::get_if<std::int64_t>(&number); value && *value >= lowest) {
        return static_cast<std::uint64_t>(*value) & all;
    }
    throw base::ConfigError(fmt::format(
        "found {}, expected an integer from {} to {}",
        std::visit([](auto v) { return fmt::format("{}", v); }, number), lowest, highest));
}

/// Rounds a double that lies in f32's range to f32, then to bf16: exact where the value is a bf16.
std::uint64_t encode_bf16(double value) {
    const auto raw = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    return (raw + 0x7fffu + ((raw >> 16) & 1u)) >> 16;
}

}  // namespace

std::uint64_t encode_element(DataType type, const Number& number) {
    if (is_integer(type)) return encode_integer(type, number);
    const double value = std::visit([](auto given) { return static_cast<double>(given); }, number);
    const auto single = static_cast<float>(value);
    switch (type) {
        case DataType::kF16:
            return types::f64_to_f16(value);
        case DataType::kBf16:
            return encode_bf16(value);
        case DataType::kTf32:
            return std::bit_cast<std::uint32_t>(single) & ~0x1fffu;
        case DataType::kF32:
            return std::bit_cast<std::uint32_t>(single);
        case DataType::kF64:
            return std::bit_cast<std::uint64_t>(value);
        default:
            throw base::ConfigError(fmt::format(
                "no numbers can be written for type {}: expected f16, bf16, tf32, f32, f64 or an "
                "integer type",
                types::name(type)));
    }
}

double decode_element(DataType type, std::uint64_t bits) {
    const types::DataTypeRow& row = types::row(type);
    if (is_signed(type)) return static_cast<double>(sign_extended(bits, row.bits));
    if (is_integer(type)) return static_cast<double>(bits);
    switch (type) {
        case DataType::kF16:
            return types::f16_to_f64(static_cast<std::uint16_t>(bits));
        case DataType::kBf16:
            return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
        case DataType::kTf32:
        case DataType::kF32:
            return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
        case DataType::kF64:
            return std::bit_cast<double>(bits);
        default:
            break;
    }
    // fp8: e5m2 is the upper half of an f16; e4m3 has no infinity and one NaN pattern.
    if (type == DataType::kE5m2) return types::f16_to_f64(static_cast<std::uint16_t>(bits << 8));
    const bool negative = (bits & 0x80u) != 0;
    const auto exponent = static_cast<int>((bits >> 3) & 0xfu);
    const auto fraction = static_cast<double>(bits & 7u);
    if ((bits & 0x7fu) == 0x7fu) return std::numeric_limits<double>::quiet_NaN();
    const double magnitude =
        exponent == 0
            ? fraction * 0x1p-9
            : (8 + fraction) *
                  std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent - 10) << 52);
    return negative ? -magnitude : magnitude;
}

std::uint64_t element_bits(std::span<const std::byte> data, DataType type, std::uint64_t i) {
    const auto bits = static_cast<std::uint64_t>(types::bits(type));
    const std::uint64_t first_bit = i * bits;
    const std::uint64_t bytes = std::max<std::uint64_t>(bits / 8, 1);
    SPTC_ASSERT(first_bit / 8 + bytes <= data.size());
    std::uint64_t raw = 0;
    std::memcpy(&raw, data.data() + first_bit / 8, bytes);
    return bits >= 8 ? raw : (raw >> (first_bit % 8)) & ((1u << bits) - 1);
}

std::vector<std::byte> repeated(DataType type, const Number& number, std::uint64_t bytes) {
    if (types::bits(type) < 8) {
        throw base::ConfigError(fmt::format("type {} has {} bits: expected a type of whole bytes",
                                            types::name(type), types::bits(type)));
    }
    const std::uint64_t raw = encode_element(type, number);
    const auto step = static_cast<std::uint64_t>(types::bits(type)) / 8;
    std::vector<std::byte> data(bytes);
    for (std::uint64_t at = 0; at < bytes; at += step) {
        std::memcpy(data.data() + at, &raw, std::min(step, bytes - at));
    }
    return data;
}

ElementFile read_elements(const std::filesystem::path& path) {
    if (path.extension() != ".npy") return {base::read_bytes(path), std::nullopt, {}};
    tensor_file::Tensor tensor = tensor_file::read_npy_tensor(path);
    return {std::move(tensor.matrix.data), tensor.matrix.type, std::move(tensor.shape)};
}

}  // namespace sptc::launch
