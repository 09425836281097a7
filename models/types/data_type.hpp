#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sptc::types {

/// Element types as PTX spells them.
enum class DataType : std::uint8_t {
    kF16,
    kBf16,
    kTf32,
    kF32,
    kF64,
    kS8,
    kU8,
    kS4,
    kU4,
    kB1,
    kE4m3,
    kE5m2,
    kS32,
    kU16,
    kU32
};

/// One row of the type table. Floating-point rows give the stored fields; integers have none.
struct DataTypeRow {
    DataType type;
    std::string_view name;  ///< as in PTX: "f16"
    int bits;               ///< storage size
    int exponent_bits;      ///< 0 for integers
    int fraction_bits;      ///< explicit significand bits
    std::string_view note;  ///< one line for `sptc list types`
};

/// Every known type.
[[nodiscard]] std::span<const DataTypeRow> data_types();
[[nodiscard]] const DataTypeRow& row(DataType type);
[[nodiscard]] std::string_view name(DataType type);
/// Storage size of one element.
[[nodiscard]] constexpr int bits(DataType type) {
    switch (type) {
        case DataType::kB1:
            return 1;
        case DataType::kS4:
        case DataType::kU4:
            return 4;
        case DataType::kS8:
        case DataType::kU8:
        case DataType::kE4m3:
        case DataType::kE5m2:
            return 8;
        case DataType::kF16:
        case DataType::kBf16:
        case DataType::kU16:
            return 16;
        case DataType::kF64:
            return 64;
        default:
            return 32;
    }
}

/// The type of a PTX name. Throws ConfigError listing the legal names.
[[nodiscard]] DataType parse_data_type(std::string_view name);

/// IEEE binary16 <-> wider types. Narrowing rounds to nearest even once; overflow gives infinity;
/// NaN gives 0x7fff.
[[nodiscard]] double f16_to_f64(std::uint16_t bits);
[[nodiscard]] float f16_to_f32(std::uint16_t bits);
[[nodiscard]] std::uint16_t f64_to_f16(double value);

}  // namespace sptc::types
