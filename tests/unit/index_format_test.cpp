#include "models/sparsity/index_format.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"

using namespace sptc;
using Catch::Contains;
using sparsity::IndexFormat;

namespace {

int bits(IndexFormat format, const char* pattern) {
    return sparsity::group_bits(format, sparsity::find_pattern(pattern));
}

unsigned code(IndexFormat format, const char* pattern, std::vector<std::uint8_t> positions) {
    sparsity::BitWriter writer;
    sparsity::write_group(format, sparsity::find_pattern(pattern), positions, writer);
    sparsity::BitReader reader(writer.bytes());
    return reader.read(bits(format, pattern));
}

bool legal(IndexFormat format, const char* pattern, unsigned value) {
    const sparsity::Pattern& row = sparsity::find_pattern(pattern);
    sparsity::BitWriter writer;
    writer.write(value, bits(format, pattern));
    sparsity::BitReader reader(writer.bytes());
    std::vector<std::uint8_t> positions(static_cast<std::size_t>(row.n));
    return sparsity::read_group(format, row, reader, positions);
}

}  // namespace

TEST_CASE("index formats: bits of a group are N ceil(log2 M), M, and ceil(log2 C(M, N))") {
    CHECK(bits(IndexFormat::kCoordinate, "2:4") == 4);
    CHECK(bits(IndexFormat::kCoordinate, "4:8") == 12);
    CHECK(bits(IndexFormat::kCoordinate, "2:6") == 6);
    CHECK(bits(IndexFormat::kCoordinate, "1:1") == 0);
    CHECK(bits(IndexFormat::kBitmask, "4:8") == 8);
    CHECK(bits(IndexFormat::kBitmask, "1:32") == 32);
    CHECK(bits(IndexFormat::kCombinatorial, "2:4") == 3);     // 6 subsets
    CHECK(bits(IndexFormat::kCombinatorial, "4:8") == 7);     // 70
    CHECK(bits(IndexFormat::kCombinatorial, "6:8") == 5);     // 28
    CHECK(bits(IndexFormat::kCombinatorial, "16:32") == 30);  // 601080390
    CHECK(bits(IndexFormat::kCombinatorial, "7:7") == 0);
}

TEST_CASE("index formats: codes of 2:4 are those of the definitions") {
    CHECK(code(IndexFormat::kCoordinate, "2:4", {0, 1}) == 0x4);  // as mma.sp
    CHECK(code(IndexFormat::kCoordinate, "2:4", {2, 3}) == 0xE);
    CHECK(code(IndexFormat::kBitmask, "2:4", {1, 3}) == 0b1010);
    // C(position_0, 1) + C(position_1, 2)
    CHECK(code(IndexFormat::kCombinatorial, "2:4", {0, 1}) == 0);
    CHECK(code(IndexFormat::kCombinatorial, "2:4", {0, 2}) == 1);
    CHECK(code(IndexFormat::kCombinatorial, "2:4", {2, 3}) == 5);
}

TEST_CASE("index formats: what names no subset is refused") {
    CHECK_FALSE(legal(IndexFormat::kCoordinate, "2:4", 0x5));  // 1, 1
    CHECK_FALSE(legal(IndexFormat::kCoordinate, "2:4", 0x1));  // 1, 0
    CHECK_FALSE(legal(IndexFormat::kCoordinate, "1:6", 6));
    CHECK(legal(IndexFormat::kCoordinate, "1:6", 5));
    CHECK_FALSE(legal(IndexFormat::kBitmask, "2:4", 0b0111));
    CHECK_FALSE(legal(IndexFormat::kCombinatorial, "2:4", 6));
    CHECK(legal(IndexFormat::kCombinatorial, "2:4", 5));
    CHECK_THROWS_WITH(sparsity::parse_index_format("rle"),
                      "unknown index format 'rle': expected one of coordinate, bitmask, "
                      "combinatorial");
}

TEST_CASE("patterns: any N:M up to 32 is one, and what is none says why") {
    const sparsity::Pattern& pattern = sparsity::find_pattern("3:7");
    CHECK(pattern.n == 3);
    CHECK(pattern.m == 7);
    CHECK(pattern.index_bits == 3);
    CHECK(&sparsity::find_pattern("3:7") == &pattern);
    CHECK(&sparsity::find_pattern("02:4") == &sparsity::find_pattern("2:4"));
    CHECK_THROWS_WITH(sparsity::find_pattern("5:4"), Contains("cannot keep 5 of 4"));
    CHECK_THROWS_WITH(sparsity::find_pattern("0:4"), Contains("keeps nothing"));
    CHECK_THROWS_WITH(sparsity::find_pattern("1:33"), Contains("a group of 33 is too large"));
    CHECK_THROWS_WITH(sparsity::find_pattern("2:4:8"), Contains("not of the form N:M"));
    CHECK_THROWS_WITH(sparsity::find_pattern("two"), Contains("1 <= N <= M <= 32"));
}
