#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/sparsity/metadata.hpp"
#include "models/sparsity/metadata_order.hpp"

using namespace sptc;
using Catch::Matchers::Contains;

namespace {

/// A word that names its place in E.
template <class Word>
Word tag(std::size_t row, std::size_t column) {
    return static_cast<Word>(row * 256 + column);
}

template <class Word>
std::vector<Word> tagged(std::size_t rows, std::size_t columns) {
    std::vector<Word> words;
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) words.push_back(tag<Word>(r, c));
    }
    return words;
}

}  // namespace

TEST_CASE("metadata: nibble j of a word holds first position | second position << 2 of chunk j") {
    const std::vector<std::uint8_t> indices{0, 1, 0, 2, 1, 3, 2, 3, 0, 3, 1, 2, 2, 3, 2, 3};
    const auto words = sparsity::encode_metadata(indices);
    CHECK(words == std::vector<std::uint16_t>{0xed84, 0xee9c});
    CHECK(sparsity::decode_metadata(words, 2) == indices);
}

TEST_CASE("metadata: exactly the six nibbles of PTX ordered metadata are legal") {
    const std::vector<unsigned> legal{0x4, 0x8, 0x9, 0xc, 0xd, 0xe};
    for (unsigned nibble = 0; nibble < 20; ++nibble) {
        CAPTURE(nibble);
        CHECK(sparsity::is_ordered_nibble(nibble) == (std::ranges::count(legal, nibble) == 1));
    }
}

TEST_CASE("metadata: an illegal nibble is named with row, chunk and columns") {
    const std::vector<std::uint16_t> words{0xeeee, 0xeeee, 0xeeee, 0xe5ee};
    CHECK_THROWS_WITH(sparsity::decode_metadata(words, 2, "e.bin"),
                      Contains("e.bin: row 1, chunk 6 (columns 24..27): nibble 0x5"));
    CHECK_THROWS_AS(sparsity::require_ordered_metadata(words, 2, "E"), base::ConfigError);
}

TEST_CASE("metadata order: a quad of lanes finds the four words of its rows (16-bit words)") {
    // After ldmatrix, lane t of quad g holds 32-bit word 4g + t of a row group: pair selector 0 (t
    // = 0, 1) feeds MMA rows R..R+15 and selector 1 the next 16 (layout of CUTLASS
    // ColumnMajorInterleaved<2>).
    const std::size_t rows = 96, columns = 6;
    const auto words =
        sparsity::reorder_metadata<std::uint16_t>(tagged<std::uint16_t>(rows, columns), rows);
    for (std::size_t base = 0; base < rows; base += 32) {
        for (std::size_t pair = 0; pair < columns / 2; ++pair) {
            for (std::size_t g = 0; g < 8; ++g) {
                for (std::size_t t = 0; t < 4; ++t) {
                    const std::size_t word32 = pair * rows + base + 4 * g + t;
                    const std::size_t row = base + g + (t < 2 ? 0 : 16);
                    const std::size_t column = 2 * pair + t % 2;
                    REQUIRE(words[2 * word32] == tag<std::uint16_t>(row, column));
                    REQUIRE(words[2 * word32 + 1] == tag<std::uint16_t>(row + 8, column));
                }
            }
        }
    }
}

TEST_CASE("metadata order: a quad of lanes finds the four words of its rows (32-bit words)") {
    const std::size_t rows = 48, columns = 4;
    const auto words =
        sparsity::reorder_metadata<std::uint32_t>(tagged<std::uint32_t>(rows, columns), rows);
    for (std::size_t base = 0; base < rows; base += 16) {
        for (std::size_t pair = 0; pair < columns / 2; ++pair) {
            for (std::size_t g = 0; g < 8; ++g) {
                const std::size_t first = 2 * pair * rows + 2 * base + 4 * g;
                REQUIRE(words[first + 0] == tag<std::uint32_t>(base + g, 2 * pair));
                REQUIRE(words[first + 1] == tag<std::uint32_t>(base + g + 8, 2 * pair));
                REQUIRE(words[first + 2] == tag<std::uint32_t>(base + g, 2 * pair + 1));
                REQUIRE(words[first + 3] == tag<std::uint32_t>(base + g + 8, 2 * pair + 1));
            }
        }
    }
}

TEST_CASE("metadata order: rows that do not fill a group and odd word columns are refused") {
    const std::vector<std::uint16_t> words(64);
    CHECK_THROWS_WITH(sparsity::reorder_metadata<std::uint16_t>(words, 16),
                      Contains("multiples of 32"));
    CHECK_THROWS_AS(sparsity::reorder_metadata<std::uint16_t>(words, 64), base::ConfigError);
    CHECK_THROWS_AS(sparsity::restore_metadata<std::uint16_t>(words, 0), base::ConfigError);
    CHECK_NOTHROW(sparsity::reorder_metadata<std::uint16_t>(words, 32));
}
