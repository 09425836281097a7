#include "models/sparsity/metadata_order.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"

namespace sptc::sparsity {
namespace {

/// Words per row of E; throws when the extents do not suit the order.
std::size_t checked_columns(std::size_t words, std::size_t rows, const MetadataOrder& order) {
    if (rows == 0 || rows % order.group != 0 || words % rows != 0 || words / rows % 2 != 0) {
        throw base::ConfigError(
            fmt::format("metadata of {} words in {} rows: expected rows in multiples of {} and an "
                        "even number of words in each row",
                        words, rows, order.group));
    }
    return words / rows;
}

/// Calls move(row-major offset, reordered offset) for every word.
template <class Move>
void for_each_word(std::size_t rows, std::size_t columns, const MetadataOrder& order, Move move) {
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            move(r * columns + c, reordered_offset(r, c, rows, order));
        }
    }
}

}  // namespace

std::size_t reordered_offset(std::size_t row, std::size_t column, std::size_t rows,
                             const MetadataOrder& order) {
    std::size_t r =
        row / order.group * order.group + row % 8 * order.interleave + row % order.group / 8;
    std::size_t c = column;
    // Every 2 x 2 block swaps its two off-diagonal words.
    if (r % 2 == 0 && c % 2 == 1) {
        ++r;
        --c;
    } else if (r % 2 == 1 && c % 2 == 0) {
        --r;
        ++c;
    }
    return c / 2 * (2 * rows) + 2 * r + c % 2;
}

template <MetadataWord Word>
std::vector<Word> reorder_metadata(std::span<const Word> words, std::size_t rows) {
    const MetadataOrder& order = kMetadataOrder<Word>;
    std::vector<Word> out(words.size());
    for_each_word(rows, checked_columns(words.size(), rows, order), order,
                  [&](std::size_t plain, std::size_t reordered) { out[reordered] = words[plain]; });
    return out;
}

template <MetadataWord Word>
std::vector<Word> restore_metadata(std::span<const Word> words, std::size_t rows) {
    const MetadataOrder& order = kMetadataOrder<Word>;
    std::vector<Word> out(words.size());
    for_each_word(rows, checked_columns(words.size(), rows, order), order,
                  [&](std::size_t plain, std::size_t reordered) { out[plain] = words[reordered]; });
    return out;
}

template std::vector<std::uint16_t> reorder_metadata(std::span<const std::uint16_t>, std::size_t);
template std::vector<std::uint32_t> reorder_metadata(std::span<const std::uint32_t>, std::size_t);
template std::vector<std::uint16_t> restore_metadata(std::span<const std::uint16_t>, std::size_t);
template std::vector<std::uint32_t> restore_metadata(std::span<const std::uint32_t>, std::size_t);

}  // namespace sptc::sparsity
