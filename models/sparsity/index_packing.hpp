#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/sparsity/pattern.hpp"

namespace sptc::sparsity {

/// Bytes of `count` packed indices: ceil(count * index_bits / 8).
[[nodiscard]] std::size_t packed_index_bytes(std::size_t count, const Pattern& pattern);

/// The indices of Compressed as one bit stream, row-major without gaps between rows: index i takes
/// the bits [i * index_bits, (i + 1) * index_bits), low bits first; unused bits of the last byte
/// are 0. For 2:4 and K a multiple of 16 these are the bytes of the little-endian metadata words of
/// metadata.hpp.
[[nodiscard]] std::vector<std::byte> pack_indices(std::span<const std::uint8_t> indices,
                                                  const Pattern& pattern);

/// The inverse. Throws ConfigError when `packed` is not packed_index_bytes(count, pattern) long.
[[nodiscard]] std::vector<std::uint8_t> unpack_indices(std::span<const std::byte> packed,
                                                       std::size_t count, const Pattern& pattern);

}  // namespace sptc::sparsity
