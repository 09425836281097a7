#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "traces/gemm/gemm.hpp"
#include "traces/gemm/plan.hpp"
#include "traces/gemm/tile_choice.hpp"

using namespace sptc;

namespace {

std::vector<gemm::GemmProblem> kinds() {
    std::vector<gemm::GemmProblem> out;
    for (const bool sparse : {false, true}) {
        for (const types::DataType accumulator : {types::DataType::kF32, types::DataType::kF16}) {
            for (const bool has_c : {false, true}) {
                out.push_back({.m = 512,
                               .n = 512,
                               .k = 512,
                               .accumulator = accumulator,
                               .sparse = sparse,
                               .has_c = has_c});
            }
        }
    }
    return out;
}

std::size_t count(std::string_view text, std::string_view word) {
    std::size_t found = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("gemm: the main loop has the instructions that the tile's arithmetic asks for") {
    for (const gemm::GemmProblem& problem : kinds()) {
        for (const gemm::GemmTile& tile : gemm::default_tiles(problem)) {
            const gemm::GemmKernel kernel = gemm::write_kernel(problem, tile);
            INFO(kernel.entry);
            const auto begin = kernel.ptx.find("\nLOOP:");
            const auto end = kernel.ptx.find("bra LOOP;");
            REQUIRE(begin < end);
            const std::string_view loop = std::string_view(kernel.ptx).substr(begin, end - begin);

            const std::size_t k_steps = tile.cta_k / (problem.sparse ? 32 : 16);
            CHECK(count(loop, "mma.s") == tile.warp_m / 16 * (tile.warp_n / 8) * k_steps);
            // x4 loads 16 x 16 elements.
            const std::size_t a_stored = problem.sparse ? tile.cta_k / 2 : tile.cta_k;
            CHECK(count(loop, ".x4.shared") == tile.warp_m / 16 * (a_stored / 16));
            CHECK(count(loop, ".x4.trans.shared") == tile.warp_n / 16 * (tile.cta_k / 16));
            CHECK(count(loop, "ld.shared") == (problem.sparse ? tile.warp_m / 32 * k_steps : 0));
            // 16 bytes a thread; fewer threads copy where a whole pass is too much.
            const auto passes = [&](std::size_t bytes) {
                const std::size_t pass = 16 * std::size_t{kernel.threads};
                return (bytes + pass - 1) / pass;
            };
            const std::size_t e_bytes = problem.sparse ? tile.cta_m * tile.cta_k / 8 : 0;
            CHECK(count(loop, "cp.async.cg") == passes(tile.cta_m * a_stored * 2) +
                                                    passes(tile.cta_n * tile.cta_k * 2) +
                                                    passes(e_bytes));
            CHECK(count(loop, "cp.async.commit_group") == 1);
            CHECK(count(loop, "cp.async.wait_group " + std::to_string(tile.stages - 2)) == 1);
            CHECK(count(loop, "bar.sync") == 1);
        }
    }
}

TEST_CASE("gemm: the swizzle puts 8 rows of a chunk into 8 bank groups and permutes each line") {
    for (const std::uint32_t row_bytes : {32u, 64u, 128u, 256u, 512u}) {
        const gemm::Swizzle swizzle = gemm::swizzle_of(row_bytes);
        const std::uint32_t chunks = row_bytes / 16;
        for (std::uint32_t first = 0; first < 64; first += 8) {
            for (std::uint32_t chunk = 0; chunk < chunks; ++chunk) {
                std::set<std::uint32_t> groups;
                for (std::uint32_t row = first; row < first + 8; ++row) {
                    const std::uint32_t moved = swizzle.physical(row, chunk);
                    REQUIRE(moved < chunks);
                    groups.insert((row * chunks + moved) % 8);
                }
                REQUIRE(groups.size() == 8);
            }
        }
    }
}

TEST_CASE("gemm: one text serves every shape") {
    gemm::GemmProblem problem{.m = 64, .n = 64, .k = 64, .sparse = true};
    const gemm::GemmTile tile{64, 64, 64, 32, 32, 3};
    const std::string text = gemm::write_kernel(problem, tile).ptx;
    problem.m = 1000;
    problem.k = 77;
    CHECK(gemm::write_kernel(problem, tile).ptx == text);
}
