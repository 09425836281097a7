#include "models/sparsity/metadata.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"

namespace sptc::sparsity {
namespace {

constexpr unsigned kChunksPerWord = 4;
constexpr unsigned kChunkColumns = 4;

}  // namespace

bool is_ordered_nibble(unsigned nibble) { return nibble < 16 && (nibble & 3) < (nibble >> 2); }

std::vector<std::uint16_t> encode_metadata(std::span<const std::uint8_t> indices) {
    SPTC_ASSERT(indices.size() % kStoredPerWord == 0);
    std::vector<std::uint16_t> words;
    words.reserve(indices.size() / kStoredPerWord);
    for (std::size_t first = 0; first < indices.size(); first += kStoredPerWord) {
        unsigned word = 0;
        for (std::size_t i = 0; i < kStoredPerWord; ++i) {
            SPTC_ASSERT(indices[first + i] < kChunkColumns);
            word |= unsigned{indices[first + i]} << (2 * i);
        }
        words.push_back(static_cast<std::uint16_t>(word));
    }
    return words;
}

void require_ordered_metadata(std::span<const std::uint16_t> words, std::size_t words_per_row,
                              std::string_view what) {
    SPTC_ASSERT(words_per_row > 0 && words.size() % words_per_row == 0);
    for (std::size_t i = 0; i < words.size(); ++i) {
        for (unsigned j = 0; j < kChunksPerWord; ++j) {
            const unsigned nibble = (words[i] >> (4 * j)) & 0xfu;
            if (is_ordered_nibble(nibble)) continue;
            const std::size_t chunk = i % words_per_row * kChunksPerWord + j;
            throw base::ConfigError(
                fmt::format("{}: row {}, chunk {} (columns {}..{}): nibble {:#x}, expected one of "
                            "0x4 0x8 0x9 0xc 0xd 0xe",
                            what, i / words_per_row, chunk, chunk * kChunkColumns,
                            chunk * kChunkColumns + kChunkColumns - 1, nibble));
        }
    }
}

std::vector<std::uint8_t> decode_metadata(std::span<const std::uint16_t> words,
                                          std::size_t words_per_row, std::string_view what) {
    require_ordered_metadata(words, words_per_row, what);
    std::vector<std::uint8_t> indices;
    indices.reserve(words.size() * kStoredPerWord);
    for (const std::uint16_t word : words) {
        for (std::size_t i = 0; i < kStoredPerWord; ++i) {
            indices.push_back(static_cast<std::uint8_t>((word >> (2 * i)) & 3));
        }
    }
    return indices;
}

}  // namespace sptc::sparsity
