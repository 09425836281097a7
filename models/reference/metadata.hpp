#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sptc::reference {

/// The indices in 2:4 metadata that is not reordered: for each stored value, in order, its place 0
/// .. 3 in its chunk. `words` is little-endian. Nibble j covers chunk j, its low two bits the first
/// stored value (PTX ISA, mma.sp); so the index of stored value i stands at bits 2i + 1 : 2i.
[[nodiscard]] std::vector<std::uint8_t> unpack_metadata(std::span<const std::byte> words);

}  // namespace sptc::reference
