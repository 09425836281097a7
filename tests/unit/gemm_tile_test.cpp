#include <catch2/catch.hpp>
#include <set>

#include "models/base/error.hpp"
#include "traces/gemm/forced_tile.hpp"
#include "traces/gemm/gemm.hpp"
#include "traces/gemm/tile_choice.hpp"

using namespace sptc;
using Catch::Matchers::Contains;

namespace {

constexpr std::uint32_t kA100Sms = 108;

gemm::GemmProblem cube(std::uint32_t extent, bool sparse) {
    return {.m = extent, .n = extent, .k = extent, .sparse = sparse};
}

}  // namespace

TEST_CASE("gemm: a tile that cannot be built names its limit") {
    const gemm::GemmProblem dense = cube(512, false);
    const gemm::GemmProblem sparse = cube(512, true);
    const auto message = [](const gemm::GemmProblem& problem, const gemm::GemmTile& tile) {
        try {
            gemm::check_tile(problem, tile);
        } catch (const base::ConfigError& error) {
            return std::string(error.what());
        }
        return std::string("accepted");
    };
    CHECK(message(dense, {128, 128, 32, 64, 64, 4}) == "accepted");
    CHECK_THAT(message(dense, {128, 96, 32, 64, 32, 4}), Contains("cta_n is 96"));
    CHECK_THAT(message(dense, {128, 128, 8, 64, 64, 4}), Contains("cta_k is 8"));
    CHECK(message(sparse, {128, 128, 32, 64, 64, 4}) == "accepted");
    CHECK_THAT(message(sparse, {128, 128, 16, 64, 64, 4}), Contains("cta_k is 16"));
    CHECK_THAT(message(sparse, {64, 64, 64, 16, 64, 4}), Contains("warp_m is 16"));
    CHECK_THAT(message(dense, {32, 128, 32, 64, 64, 4}), Contains("cta_m is 32"));
    CHECK_THAT(message(dense, {128, 128, 32, 64, 64, 1}), Contains("2 to 16 stages"));
    CHECK_THAT(message(dense, {256, 256, 32, 32, 32, 2}), Contains("64 warps"));
    CHECK_THAT(message(dense, {256, 128, 64, 64, 64, 8}), Contains("at most 166912"));
    CHECK_THAT(message(dense, {256, 256, 32, 128, 128, 2}), Contains("at most 255"));
    CHECK_THAT(message(dense, {512, 256, 32, 64, 64, 2}), Contains("an SM has 65536"));
    CHECK_THAT(message(dense, {64, 64, 64, 64, 64, 2}), Contains("expected at least 2"));
    CHECK_THAT(message(cube(0, false), {}), Contains("at least 1"));
    gemm::GemmProblem integers = dense;
    integers.input = types::DataType::kS8;
    CHECK_THAT(message(integers, {}), Contains("mma.sync.aligned.m16n8k16"));
    integers.accumulator = types::DataType::kS32;
    CHECK_THAT(message(integers, {}), Contains("column-major"));
}

TEST_CASE(
    "gemm: the raster covers every tile of D once and wastes no CTA on up to 16 rows of tiles") {
    for (std::uint32_t tiles_m = 1; tiles_m <= 40; ++tiles_m) {
        const gemm::GemmProblem problem{.m = 128 * tiles_m - 5, .n = 300, .k = 64};
        const gemm::GemmTile tile{};
        const isa::Dim3 grid = gemm::raster_of(problem, tile);
        CHECK(grid.y == 3);
        CHECK(grid.x * grid.z >= tiles_m);
        const std::uint32_t wasted = grid.x * grid.z - tiles_m;
        CHECK(8 * wasted <= tiles_m);
        if (tiles_m <= 16) CHECK(wasted == 0);
        if (tiles_m % 8 == 0) CHECK(grid.x == 8);
    }
}

TEST_CASE("gemm: the tile grows with the problem and always fits") {
    for (const bool sparse : {false, true}) {
        const gemm::GemmTile small = gemm::choose_tile(cube(64, sparse), kA100Sms);
        const gemm::GemmTile large = gemm::choose_tile(cube(8192, sparse), kA100Sms);
        CHECK(small.cta_m * small.cta_n <= 64 * 64);
        CHECK(large.cta_m * large.cta_n >= 128 * 128);
        for (const std::uint32_t extent : {1u, 33u, 128u, 257u, 1024u, 4096u}) {
            const gemm::GemmProblem problem = cube(extent, sparse);
            CHECK_NOTHROW(gemm::check_tile(problem, gemm::choose_tile(problem, kA100Sms)));
        }
    }
}

TEST_CASE("gemm: a GPU with little shared memory gets a tile that fits it, or a refusal") {
    gemm::TileLimits limits;
    limits.shared_bytes_per_cta = 64 * 1024;
    const gemm::GemmProblem problem = cube(4096, true);
    const gemm::GemmTile tile = gemm::choose_tile(problem, kA100Sms, limits);
    CHECK_NOTHROW(gemm::check_tile(problem, tile, limits.shared_bytes_per_cta));
    limits.shared_bytes_per_cta = 1024;
    CHECK_THROWS_AS(gemm::choose_tile(problem, kA100Sms, limits), base::ConfigError);
}

TEST_CASE("gemm: a tile is named by its extents and stages, with or without those of a warp") {
    CHECK_FALSE(gemm::parse_tile("auto"));
    const auto whole = gemm::parse_tile("256x128x64x3:64x32");
    REQUIRE(whole);
    CHECK(gemm::tile_text(whole->tile) == "256x128x64x3:64x32");
    CHECK(whole->has_warp);
    CHECK_FALSE(gemm::parse_tile("256x128x64x3")->has_warp);
    for (const char* wrong : {"", "256", "256x128x64", "256x128x64x3:64", "256x128x64x3x",
                              "axbxcxd", "256x128x64x3:64x64x1", "-1x128x64x3"}) {
        CHECK_THROWS_WITH(gemm::parse_tile(wrong), Contains("256x128x64x3:64x64"));
    }
}

TEST_CASE("gemm: a named tile without a warp's extents gets some that can be built") {
    const gemm::TileLimits limits;
    const auto completed = [&](const char* text, bool sparse) {
        return gemm::tile_text(
            gemm::complete_tile(cube(4096, sparse), *gemm::parse_tile(text), kA100Sms, limits));
    };
    CHECK(completed("256x128x64x3", true) == "256x128x64x3:64x64");
    CHECK(completed("128x128x64x3:32x64", true) == "128x128x64x3:32x64");
    CHECK(completed("16x16x32x2", false) == "16x16x32x2:16x16");
    CHECK_THROWS_WITH(completed("256x128x64x9", true), Contains("shared memory"));
    CHECK_THROWS_WITH(completed("250x128x64x3", true), Contains("250"));
}
