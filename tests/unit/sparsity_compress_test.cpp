#include "models/sparsity/compress.hpp"

#include <catch2/catch.hpp>

#include "models/sparsity/index_packing.hpp"
#include "models/sparsity/metadata.hpp"

using namespace sptc;
using Catch::Matchers::Contains;

namespace {

using Half = std::uint16_t;
constexpr Half kOne = 0x3c00;

const sparsity::Pattern& two_of_four() { return sparsity::find_pattern("2:4"); }

}  // namespace

TEST_CASE("compress: 2:4 codes are those of PyTorch's encoder for every legal set of nonzeros") {
    // Truth table of torch/sparse/_semi_structured_conversions.py; T = nonzero, element 0 first.
    const std::vector<std::pair<std::string, unsigned>> codes{
        {"FFFF", 0xe}, {"FFFT", 0xe}, {"FFTF", 0xe}, {"FTFF", 0x9}, {"TFFF", 0x8}, {"TTFF", 0x4},
        {"TFTF", 0x8}, {"FTTF", 0x9}, {"TFFT", 0xc}, {"FTFT", 0xd}, {"FFTT", 0xe}};
    for (const auto& [mask, code] : codes) {
        sparsity::Dense<Half> group{1, 4, {}};
        for (const char c : mask) group.elements.push_back(c == 'T' ? kOne : Half{0});
        const auto compressed = sparsity::compress(group, two_of_four());
        REQUIRE(compressed.indices.size() == 2);
        CAPTURE(mask);
        CHECK(unsigned{compressed.indices[0]} + 4u * compressed.indices[1] == code);
        CHECK(sparsity::expand(compressed, two_of_four()) == group);
    }
}

TEST_CASE("compress: 1:2 stores element 0 only when it is the nonzero one") {
    const sparsity::Dense<float> matrix{1, 6, {5, 0, 0, 6, 0, 0}};
    const auto compressed = sparsity::compress(matrix, sparsity::find_pattern("1:2"));
    CHECK(compressed.values == std::vector<float>{5, 6, 0});
    CHECK(compressed.indices == std::vector<std::uint8_t>{0, 1, 1});
}

TEST_CASE("compress: missing positions of 4:8 come from the last four, lowest first") {
    const sparsity::Dense<float> matrix{1, 8, {0, 7, 0, 0, 0, 8, 0, 0}};
    const auto compressed = sparsity::compress(matrix, sparsity::find_pattern("4:8"));
    CHECK(compressed.indices == std::vector<std::uint8_t>{1, 4, 5, 6});
    CHECK(compressed.values == std::vector<float>{7, 0, 8, 0});
}

TEST_CASE("compress: a partial group stores padding and expands to the original columns") {
    const sparsity::Dense<float> matrix{2, 5, {0, 1, 2, 0, 3, 4, 0, 0, 5, 0}};
    const auto compressed = sparsity::compress(matrix, two_of_four());
    CHECK(compressed.stored_columns == 4);
    CHECK(compressed.values == std::vector<float>{1, 2, 3, 0, 4, 5, 0, 0});
    CHECK(compressed.indices == std::vector<std::uint8_t>{1, 2, 0, 2, 0, 3, 2, 3});
    CHECK(sparsity::expand(compressed, two_of_four()) == matrix);
}

TEST_CASE("compress: -0 counts as zero, NaN and infinity as nonzero") {
    const sparsity::Dense<Half> zeros{1, 4, {0x8000, kOne, 0x8000, kOne}};
    const auto compressed = sparsity::compress(zeros, two_of_four());
    CHECK(sparsity::expand(compressed, two_of_four()).elements ==
          std::vector<Half>{0, kOne, 0, kOne});
    const sparsity::Dense<Half> specials{1, 4, {0x7e00, 0x7c00, 0xfc00, 0}};
    CHECK_THROWS_WITH(sparsity::compress(specials, two_of_four(), "A"),
                      Contains("A: not 2:4 sparse: row 0, columns 0..3"));
}

TEST_CASE("expand: positions that do not ascend below M are refused with row and group") {
    sparsity::Compressed<float> compressed{2, 4, 2, {1, 2, 3, 4}, {0, 1, 2, 2}};
    CHECK_THROWS_WITH(sparsity::expand(compressed, two_of_four()),
                      Contains("row 1, group 0") && Contains("(2, 2)"));
    compressed.indices = {0, 1, 1, 4};
    CHECK_THROWS_AS(sparsity::expand(compressed, two_of_four()), base::ConfigError);
    compressed.indices = {0, 1, 3, 1};
    CHECK_THROWS_AS(sparsity::expand(compressed, two_of_four()), base::ConfigError);
}

TEST_CASE("expand: a nonzero value in the padding is refused") {
    const sparsity::Compressed<float> compressed{1, 2, 2, {1, 2}, {0, 3}};
    CHECK_THROWS_WITH(sparsity::expand(compressed, two_of_four()), Contains("column 3"));
}

TEST_CASE("index packing: 3-bit indices run low bits first across byte borders") {
    const sparsity::Pattern& pattern = sparsity::find_pattern("2:8");
    const std::vector<std::uint8_t> indices{1, 7, 2, 5};
    // 101 010 111 001, read from the right: 0x..., bits 11..0 = 1010 1011 1001 = 0xab9.
    CHECK(sparsity::pack_indices(indices, pattern) ==
          std::vector<std::byte>{std::byte{0xb9}, std::byte{0x0a}});
    const std::vector<std::byte> short_bytes(1);
    CHECK_THROWS_WITH(sparsity::unpack_indices(short_bytes, 4, pattern),
                      Contains("1 bytes, expected 2"));
}
