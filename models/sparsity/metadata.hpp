#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sptc::sparsity {

// Metadata of a 2:4 matrix with 16-bit elements, un-reordered (PTX ISA, mma.sp): a matrix E [M x
// K/16] of 16-bit words, row-major. Nibble j of a word (bits 4j+3:4j) describes chunk j of its 16
// columns: the position of the first stored element in bits 1:0, of the second in bits 3:2.

inline constexpr std::size_t kColumnsPerWord = 16;  ///< logical columns that one word covers
inline constexpr std::size_t kStoredPerWord = 8;    ///< stored elements that one word covers

/// Is this nibble one of the six that mma.sp::ordered_metadata defines (ascending positions): 4 8 9
/// c d e?
[[nodiscard]] bool is_ordered_nibble(unsigned nibble);

/// Words of positions as compress() gives them for 2:4, [M x K/2] with K/2 a multiple of 8.
[[nodiscard]] std::vector<std::uint16_t> encode_metadata(std::span<const std::uint8_t> indices);

/// Throws ConfigError naming `what`, row, chunk, columns and nibble of the first nibble that is not
/// ordered.
void require_ordered_metadata(std::span<const std::uint16_t> words, std::size_t words_per_row,
                              std::string_view what);

/// The positions again, two for each nibble. Throws as require_ordered_metadata does.
[[nodiscard]] std::vector<std::uint8_t> decode_metadata(std::span<const std::uint16_t> words,
                                                        std::size_t words_per_row,
                                                        std::string_view what = "metadata");

}  // namespace sptc::sparsity
