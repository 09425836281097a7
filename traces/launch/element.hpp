#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/types/data_type.hpp"
#include "traces/launch/scalar.hpp"

namespace sptc::launch {

/// The bit pattern of a number in an element type: floats round to nearest even, integers must be
/// in range. Throws ConfigError saying what is expected, also for types without a rule (fp8).
[[nodiscard]] std::uint64_t encode_element(types::DataType type, const Number& number);

/// The value of a bit pattern; fp8 too. Exact.
[[nodiscard]] double decode_element(types::DataType type, std::uint64_t bits);

/// The bit pattern of the i-th element of packed little-endian elements; elements below a byte lie
/// from the low bits up.
[[nodiscard]] std::uint64_t element_bits(std::span<const std::byte> data, types::DataType type,
                                         std::uint64_t i);

/// `bytes` bytes of one number again and again, for types of at least a byte. Throws ConfigError.
[[nodiscard]] std::vector<std::byte> repeated(types::DataType type, const Number& number,
                                              std::uint64_t bytes);

/// The content of a file: the elements of a .npy file, which has a type and a shape, or the bytes
/// of any other.
struct ElementFile {
    std::vector<std::byte> data;
    std::optional<types::DataType> type;
    std::vector<std::uint64_t> dimensions;
};

/// Reads a file of elements; the formats are told apart by extension. Throws ConfigError naming the
/// file.
[[nodiscard]] ElementFile read_elements(const std::filesystem::path& path);

}  // namespace sptc::launch
