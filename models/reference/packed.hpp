#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/types/data_type.hpp"

namespace sptc::reference {

// Arrays of elements in memory: little-endian, without gaps, 4-bit and 1-bit elements from the low
// bits of a byte up.

/// Bytes of `elements` elements, rounded up.
[[nodiscard]] std::size_t packed_bytes(types::DataType type, std::size_t elements);

/// The bits of element `index`. An index beyond the array is a bug of the caller (SPTC_ASSERT).
[[nodiscard]] std::uint64_t load_bits(types::DataType type, std::span<const std::byte> array,
                                      std::size_t index);
void store_bits(types::DataType type, std::span<std::byte> array, std::size_t index,
                std::uint64_t bits);

}  // namespace sptc::reference
