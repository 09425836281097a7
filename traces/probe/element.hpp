#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "models/types/data_type.hpp"

namespace sptc::probe {

/// Element `index` of a packed array, low bits first. `bits` divides 8 or is a multiple of it.
[[nodiscard]] std::uint64_t get_element(std::span<const std::byte> bytes, int bits,
                                        std::size_t index);
void set_element(std::span<std::byte> bytes, int bits, std::size_t index, std::uint64_t value);

/// The bits of a value, or nothing when the type cannot hold it exactly. -0.0 keeps its sign.
[[nodiscard]] std::optional<std::uint64_t> encode(types::DataType type, double value);

/// The same for a value that the type is known to hold.
[[nodiscard]] std::uint64_t exact(types::DataType type, double value);

[[nodiscard]] std::uint64_t sign_bit(types::DataType type);

/// +infinity; e4m3 has none.
[[nodiscard]] std::optional<std::uint64_t> infinity(types::DataType type);

/// A NaN with every fraction bit set; the operand's low 13 bits of tf32 are zero.
[[nodiscard]] std::uint64_t quiet_nan(types::DataType type);

/// A NaN with only the lowest fraction bit set, hence signalling where the type has the
/// distinction; e4m3 has one NaN only.
[[nodiscard]] std::uint64_t signalling_nan(types::DataType type);

[[nodiscard]] std::uint64_t largest_finite(types::DataType type);

}  // namespace sptc::probe
