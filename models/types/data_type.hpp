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
[[nodiscard]] int bits(DataType type);

/// The type of a PTX name. Throws ConfigError listing the legal names.
[[nodiscard]] DataType parse_data_type(std::string_view name);

/// IEEE binary16 <-> wider types. Narrowing rounds to nearest even once; overflow gives infinity;
/// NaN gives 0x7fff.
[[nodiscard]] double f16_to_f64(std::uint16_t bits);
[[nodiscard]] float f16_to_f32(std::uint16_t bits);
[[nodiscard]] std::uint16_t f64_to_f16(double value);

}  // namespace sptc::types
