#include "traces/gemm/layout.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <span>
#include <vector>

#include "models/base/error.hpp"
#include "traces/gemm/prepare.hpp"

using namespace sptc;

namespace {

gemm::GemmProblem sparse_problem(std::uint32_t m, std::uint32_t n, std::uint32_t k) {
    return {.m = m, .n = n, .k = k, .sparse = true};
}

}  // namespace

TEST_CASE("gemm: a ragged layout pads rows to 16 bytes, and a sparse A to whole tiles and stages") {
    const gemm::GemmTile tile{128, 128, 64, 64, 64, 3};
    const gemm::GemmLayout sparse = gemm::layout_of(sparse_problem(257, 129, 515), tile);
    CHECK(sparse.k_padded == 576);
    CHECK(sparse.lda == 288);
    CHECK(sparse.ldb == 136);
    CHECK(sparse.ldd == 136);
    CHECK(sparse.m_metadata == 384);
    CHECK(sparse.a_bytes == 257 * 288 * 2);
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
    // Ones in columns 0 and 1 of every group: nibble 0x4.
    sparsity::Dense<double> a{3, 18, std::vector<double>(3 * 18)};
    for (std::size_t i = 0; i < a.elements.size(); ++i) {
        a.elements[i] = i % a.columns % 4 < 2 ? 1 : 0;
    }
    std::vector<double> b(18 * 5, 2.0);
    std::vector<std::byte> c(3 * 5 * 4, std::byte{7});
    const launch::Launch launch = gemm::make_launch(kernel, layout, {a, b, c});

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
    // A row of E: four groups of K, then one group of K and three of padding, then padding.
    std::map<unsigned, std::size_t> words;
    for (std::size_t i = 0; i < layout.e_bytes / 2; ++i) ++words[half_at(launch.buffers[1], i)];
    const std::size_t padding = layout.e_bytes / 2 - 3 * 2;
    CHECK(words == std::map<unsigned, std::size_t>{{0x4444, 3}, {0xeee4, 3}, {0xeeee, padding}});
    CHECK(gemm::extract_d(problem, layout, launch.buffers[3].data) == c);

    const std::span<const double> too_few(b.data(), b.size() - 1);
    CHECK_THROWS_AS(gemm::make_launch(kernel, layout, {a, too_few, c}), base::ConfigError);
    sparsity::Dense<double> narrow{3, 17, std::vector<double>(3 * 17)};
    CHECK_THROWS_AS(gemm::make_launch(kernel, layout, {narrow, b, c}), base::ConfigError);
    a.elements[2] = 1;  // three nonzeros in the first group
    CHECK_THROWS_WITH(gemm::make_launch(kernel, layout, {a, b, c}), Catch::Contains("2:4"));
    CHECK(gemm::make_launch(kernel, layout).buffers[0].data.empty());
}
