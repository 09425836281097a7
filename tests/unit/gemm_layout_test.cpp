#include "traces/gemm/layout.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "models/base/error.hpp"
#include "traces/gemm/prepare.hpp"

using namespace sptc;

namespace {

// CUTLASS's reorder of 16-bit metadata and its ColumnMajorInterleaved<2> layout, step by step.
std::uint64_t cutlass_index(std::uint32_t row, std::uint32_t word, std::uint32_t rows) {
    std::uint32_t r = row / 32 * 32 + row % 8 * 4 + row % 32 / 8;
    std::uint32_t c = word;
    if (r % 2 == 0 && c % 2 == 1) {
        r += 1;
        c -= 1;
    } else if (r % 2 == 1 && c % 2 == 0) {
        r -= 1;
        c += 1;
    }
    return std::uint64_t{c / 2} * (2 * rows) + 2 * r + c % 2;
}

gemm::GemmProblem sparse_problem(std::uint32_t m, std::uint32_t n, std::uint32_t k) {
    return {.m = m, .n = n, .k = k, .sparse = true};
}

}  // namespace

TEST_CASE("gemm: the closed form of the metadata order is CUTLASS's reorder, step by step") {
    for (std::uint32_t row = 0; row < 256; ++row) {
        for (std::uint32_t word = 0; word < 16; ++word) {
            REQUIRE(gemm::metadata_index(row, word, 256) == cutlass_index(row, word, 256));
        }
    }
}

TEST_CASE("gemm: a ragged layout pads rows to 16 bytes and metadata to whole tiles and stages") {
    const gemm::GemmTile tile{128, 128, 64, 64, 64, 3};
    const gemm::GemmLayout sparse = gemm::layout_of(sparse_problem(257, 129, 515), tile);
    CHECK(sparse.k_padded == 528);  // the next multiple of 16: 8 stored elements
    CHECK(sparse.lda == 264);
    CHECK(sparse.ldb == 136);
    CHECK(sparse.ldd == 136);
    CHECK(sparse.m_metadata == 384);
    CHECK(sparse.k_metadata == 576);
    CHECK(sparse.a_bytes == 257 * 264 * 2);
    CHECK(sparse.e_bytes == 384 * 576 / 16 * 2);
    CHECK(sparse.b_bytes == 515 * 136 * 2);
    CHECK(sparse.d_bytes == 257 * 136 * 4);

    const gemm::GemmLayout dense = gemm::layout_of({.m = 257, .n = 129, .k = 515}, tile);
    CHECK(dense.lda == 520);
    CHECK(dense.e_bytes == 0);
}

TEST_CASE("gemm: a launch lays operands out with zero padding and legal padding metadata") {
    gemm::GemmProblem problem = sparse_problem(3, 5, 18);
    problem.has_c = true;
    const gemm::GemmTile tile{64, 64, 64, 32, 32, 2};
    const gemm::GemmKernel kernel = gemm::write_kernel(problem, tile);
    const gemm::GemmLayout layout = gemm::layout_of(problem, tile);
    std::vector<std::uint16_t> a(3 * 10, 0x3c00), e(3 * 2, 0x4444), b(18 * 5, 0x4000);
    std::vector<std::byte> c(3 * 5 * 4, std::byte{7});
    const launch::Launch launch = gemm::make_launch(kernel, layout, {a, e, b, c});

    REQUIRE(launch.buffers.size() == 5);
    CHECK(launch.buffers[0].name == "A");
    CHECK(launch.buffers[1].name == "E");
    for (const launch::Buffer& buffer : launch.buffers) {
        const bool output = buffer.name == "D";
        CHECK(buffer.data.size() == (output ? 0 : buffer.bytes));
    }
    CHECK(launch.arguments.size() == 5 + 7);
    CHECK(launch.block.x == 128);
    const auto half_at = [](const launch::Buffer& buffer, std::size_t index) {
        return std::to_integer<unsigned>(buffer.data[2 * index]) |
               std::to_integer<unsigned>(buffer.data[2 * index + 1]) << 8;
    };
    CHECK(half_at(launch.buffers[0], 9) == 0x3c00);
    CHECK(half_at(launch.buffers[0], 10) == 0);  // padded column
    CHECK(half_at(launch.buffers[0], layout.lda) == 0x3c00);
    std::size_t given = 0, padded = 0;
    for (std::size_t i = 0; i < layout.e_bytes / 2; ++i) {
        given += half_at(launch.buffers[1], i) == 0x4444;
        padded += half_at(launch.buffers[1], i) == gemm::kPaddingMetadata;
    }
    CHECK(given == 3 * 2);
    CHECK(padded == layout.e_bytes / 2 - 3 * 2);
    CHECK(gemm::extract_d(problem, layout, launch.buffers[3].data) == c);

    CHECK_THROWS_AS(gemm::make_launch(kernel, layout, {a, e, a, c}), base::ConfigError);
    CHECK_THROWS_AS(gemm::make_launch(kernel, layout, {a, {}, b, c}), base::ConfigError);
    CHECK(gemm::make_launch(kernel, layout).buffers[0].data.empty());
}
