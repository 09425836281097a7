#include <fmt/format.h>

#include <utility>

#include "models/base/error.hpp"
#include "traces/gemm/gemm.hpp"
#include "traces/gemm/plan.hpp"
#include "traces/gemm/sections.hpp"

namespace sptc::gemm {
namespace {

constexpr std::uint32_t kMaxGridYz = 65535;  // CUDA, every architecture

std::uint32_t tiles_of(std::uint32_t extent, std::uint32_t tile) {
    return (extent + tile - 1) / tile;
}

// M tiles in a group of the raster.
std::uint32_t group_of(std::uint32_t tiles_m) {
    constexpr std::uint32_t kSmallest = 4;
    constexpr std::uint32_t kBest = 8;
    constexpr std::uint32_t kLargest = 16;
    if (tiles_m <= kSmallest) return tiles_m;
    const auto cost = [&](std::uint32_t group) {
        const std::uint32_t wasted = tiles_of(tiles_m, group) * group - tiles_m;
        return std::pair(wasted, group > kBest ? group - kBest : kBest - group);
    };
    std::uint32_t best = kBest;
    for (std::uint32_t group = kSmallest; group <= kLargest; ++group) {
        if (cost(group) < cost(best)) best = group;
    }
    return best;
}

}  // namespace

isa::Dim3 raster_of(const GemmProblem& problem, const GemmTile& tile) {
    const std::uint32_t tiles_m = tiles_of(problem.m, tile.cta_m);
    const std::uint32_t tiles_n = tiles_of(problem.n, tile.cta_n);
    const std::uint32_t group = group_of(tiles_m);
    const isa::Dim3 grid{group, tiles_n, tiles_of(tiles_m, group) * problem.split_k};
    if (grid.y > kMaxGridYz || grid.z > kMaxGridYz) {
        throw base::ConfigError(fmt::format(
            "{} x {} tiles of {}x{}{} make a grid of {} x {} x {}: y and z are at most {}", tiles_m,
            tiles_n, tile.cta_m, tile.cta_n,
            problem.split_k == 1 ? "" : fmt::format(", K split by {},", problem.split_k), grid.x,
            grid.y, grid.z, kMaxGridYz));
    }
    return grid;
}

GemmKernel write_kernel(const GemmProblem& problem, const GemmTile& tile,
                        std::uint32_t shared_bytes_limit) {
    check_tile(problem, tile, shared_bytes_limit);
    const KernelPlan plan = plan_of(problem, tile);
    PtxText text;
    write_header(text, plan);
    write_coordinates(text, plan);
    write_copy_setup(text, plan);
    write_prologue(text, plan);
    write_fragment_setup(text, plan);
    write_accumulator_setup(text, plan);
    write_main_loop(text, plan);
    if (plan.split_k()) write_turns(text, plan);
    write_epilogue(text, plan);

    GemmKernel kernel;
    kernel.ptx = text.text();
    kernel.entry = plan.kernel_name();
    kernel.grid = raster_of(problem, tile);
    kernel.threads = plan.threads;
    kernel.dynamic_shared_bytes = plan.shared_bytes();
    kernel.registers_per_thread = plan.registers();
    kernel.problem = problem;
    kernel.tile = tile;
    return kernel;
}

}  // namespace sptc::gemm
