// What a GEMM loses and to whom: waves, the beginning and the end of a CTA, L2, HBM, and the size
// of device memory. Expected figures follow from the configuration by the formulas given here.
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "traces/gemm/forced_tile.hpp"

using namespace sptc;

namespace {

constexpr std::uint32_t kTileM = 256;
constexpr std::uint32_t kTileN = 128;

run::GemmRequest dense(std::uint32_t m, std::uint32_t n, std::uint32_t k) {
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.m = m;
    request.n = n;
    request.k = k;
    request.tile = gemm::parse_tile("256x128x32x4:64x64");
    return request;
}

double cycles(const run::GemmRequest& request) {
    return static_cast<double>(run::run_gemm(request).kernel.simulation.cycles);
}

/// As many rows and columns of tiles. A compact grid: CTAs share A and B in the L2.
double cycles_of_grid(std::uint32_t rows, std::uint32_t columns, std::uint32_t k) {
    return cycles(dense(rows * kTileM, columns * kTileN, k));
}

}  // namespace

TEST_CASE("gemm limits: more CTAs than the GPU takes at a time cost another wave") {
    constexpr std::uint32_t kK = 2048;
    const double wave = cycles_of_grid(12, 9, kK);  // 108 CTAs, one for each SM
    CHECK(cycles_of_grid(11, 9, kK) == Approx(wave).epsilon(0.05));
    const double two_waves = cycles_of_grid(13, 9, kK);
    CHECK(two_waves > 1.8 * wave);
    CHECK(two_waves < 2.05 * wave);
    CHECK(cycles_of_grid(24, 9, kK) == Approx(two_waves).epsilon(0.1));
}

TEST_CASE("gemm limits: a CTA's main loop takes what its mmas take; its ends take their own") {
    const double short_k = cycles_of_grid(12, 9, 1024);
    const double long_k = cycles_of_grid(12, 9, 3072);
    // Multiplications of one CTA for 2048 of K, at 1024 a cycle and SM.
    const double tensor_cycles = double{kTileM} * kTileN * 2048 / 1024;
    CHECK(long_k - short_k >= tensor_cycles);
    CHECK(long_k - short_k < 1.15 * tensor_cycles);
    // Both ends: D leaves an SM by one sector of 32 bytes a cycle, and the first tile comes from
    // device memory.
    const double ends = short_k - (long_k - short_k) / 2;
    const double store_cycles = kTileM * kTileN * 4 / 32.0;
    CHECK(ends > store_cycles);
    CHECK(ends < 4 * store_cycles);
}

TEST_CASE("gemm limits: half the ports of the SMs take twice the time where these bind") {
    run::GemmRequest request = dense(12 * kTileM, 9 * kTileN, 4096);
    request.pattern = &sparsity::find_pattern("2:4");
    request.with_dense_baseline = false;
    request.tile = gemm::parse_tile("256x128x64x3:64x64");
    const double before = cycles(request);
    request.gpu.memory.crossbar.sm_bytes_per_cycle /= 2;
    CHECK(cycles(request) > 1.6 * before);
}

TEST_CASE("gemm limits: half of the HBM takes longer for a short K, and a long K does not notice") {
    const auto slower = [](std::uint32_t extent, std::uint32_t k) {
        run::GemmRequest request = dense(extent, extent, k);
        const double before = cycles(request);
        request.gpu.memory.hbm.bytes_per_cycle /= 2;
        return cycles(request) / before;
    };
    CHECK(slower(8192, 64) > 1.6);
    CHECK(slower(2048, 4096) < 1.1);
}

TEST_CASE("gemm limits: a shape that device memory cannot hold is told with what it needs") {
    // f16: A and B of 32 GiB each, D of f32 64 GiB.
    run::GemmRequest request = dense(131072, 131072, 131072);
    CHECK_THROWS_AS(run::run_gemm(request), base::ConfigError);
    CHECK_THROWS_WITH(run::run_gemm(request),
                      Catch::Contains("128 GiB") && Catch::Contains("40 GiB") &&
                          Catch::Contains("/memory/hbm/capacity_gibibytes"));
}
