#include "traces/gemm/tile_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "models/base/error.hpp"
#include "traces/gemm/plan.hpp"

namespace sptc::gemm {
namespace {

// {cta_m, cta_n, cta_k, warp_m, warp_n, stages}. Mostly stages fill shared memory for the CTAs that
// registers allow; but a warp waits in the prologue until its copies are on their way, so a large
// tile wants no more than cover the latency, and rather a longer stage: the barrier of each stage
// stops the tensor cores of an SM with one CTA. 128 x 128 x 64: for one CTA on an SM, and for two.
// Written for 16-bit elements; other types have as many bytes in a row (tiles_of_bits).
constexpr std::array kDenseTiles{
    GemmTile{256, 128, 64, 64, 64, 3}, GemmTile{256, 128, 32, 64, 64, 4},
    GemmTile{128, 256, 32, 64, 64, 4}, GemmTile{128, 128, 32, 64, 64, 4},
    GemmTile{128, 64, 32, 64, 32, 4},  GemmTile{64, 128, 32, 32, 64, 4},
    GemmTile{64, 64, 32, 32, 32, 4},   GemmTile{32, 32, 64, 16, 16, 4},
};
// A column-major B: ptxas caps the registers of 4 warps of 64 x 32 and spills.
constexpr std::array kColumnDenseTiles{
    GemmTile{256, 128, 64, 64, 64, 3}, GemmTile{256, 128, 32, 64, 64, 4},
    GemmTile{128, 256, 32, 64, 64, 4}, GemmTile{128, 128, 32, 64, 64, 4},
    GemmTile{128, 64, 32, 32, 32, 4},  GemmTile{64, 128, 32, 32, 32, 4},
    GemmTile{64, 64, 32, 32, 32, 4},   GemmTile{32, 32, 64, 16, 16, 4},
};
constexpr std::array kSparseTiles{
    GemmTile{256, 128, 64, 64, 64, 3}, GemmTile{128, 256, 64, 64, 64, 3},
    GemmTile{128, 128, 64, 64, 64, 4}, GemmTile{128, 128, 64, 64, 64, 3},
    GemmTile{128, 64, 64, 32, 64, 4},  GemmTile{64, 128, 64, 32, 64, 4},
    GemmTile{64, 64, 64, 32, 32, 4},   GemmTile{32, 32, 64, 32, 16, 4},
};

// Words of 32 bits double the metadata registers (8-bit and 4-bit types): narrower warps.
constexpr std::array kWideMetadataTiles{
    GemmTile{256, 128, 64, 64, 64, 3}, GemmTile{128, 256, 64, 64, 64, 3},
    GemmTile{256, 64, 64, 64, 32, 3},  GemmTile{128, 128, 64, 64, 32, 4},
    GemmTile{128, 64, 64, 32, 32, 4},  GemmTile{64, 64, 64, 32, 32, 4},
    GemmTile{32, 32, 64, 32, 16, 4},
};
// f64: accumulators have two registers, rows of a stage 128 bytes.
constexpr std::array kF64Tiles{
    GemmTile{128, 128, 64, 32, 64, 3},
    GemmTile{128, 64, 64, 32, 32, 3},
    GemmTile{64, 64, 64, 32, 32, 4},
    GemmTile{32, 32, 64, 16, 16, 4},
};

// The same bytes for other elements.
template <std::size_t kCount>
constexpr std::array<GemmTile, kCount> tiles_of_bits(std::array<GemmTile, kCount> tiles,
                                                     std::uint32_t bits) {
    for (GemmTile& tile : tiles) tile.cta_k = tile.cta_k * 16 / bits;
    return tiles;
}

// Extended patterns: an instruction takes M / N times the B, so registers and shared memory bound
// the tile; of these the ones that fit are few where M / N is large. cta_k and stages are filled
// in.
constexpr std::array kExtendedTiles{
    GemmTile{256, 128, 0, 64, 64, 0}, GemmTile{128, 128, 0, 64, 64, 0},
    GemmTile{256, 64, 0, 64, 32, 0},  GemmTile{128, 128, 0, 64, 32, 0},
    GemmTile{128, 128, 0, 32, 64, 0}, GemmTile{128, 64, 0, 64, 32, 0},
    GemmTile{128, 64, 0, 32, 32, 0},  GemmTile{64, 64, 0, 32, 32, 0},
    GemmTile{128, 32, 0, 32, 32, 0},  GemmTile{128, 32, 0, 32, 16, 0},
    GemmTile{64, 32, 0, 32, 16, 0},   GemmTile{64, 32, 0, 16, 16, 0},
    GemmTile{32, 32, 0, 16, 16, 0},   GemmTile{32, 16, 0, 16, 16, 0},
};

std::vector<GemmTile> extended_tiles(const GemmProblem& problem) {
    const auto k_step = static_cast<std::uint32_t>(form_of(problem).k_logical);
    std::vector<GemmTile> tiles;
    for (GemmTile tile : kExtendedTiles) {
        for (const std::uint32_t k_steps : {4u, 2u, 1u}) {
            for (const std::uint32_t stages : {4u, 3u, 2u}) {
                tile.cta_k = k_steps * k_step;
                tile.stages = stages;
                tiles.push_back(tile);
            }
        }
    }
    return tiles;
}

template <std::size_t kCount>
std::vector<GemmTile> listed(const std::array<GemmTile, kCount>& tiles) {
    return {tiles.begin(), tiles.end()};
}

template <std::uint32_t kBits>
std::vector<GemmTile> scaled_tiles(bool sparse, BLayout b_layout) {
    static constexpr auto kDense = tiles_of_bits(kDenseTiles, kBits);
    static constexpr auto kColumnDense = tiles_of_bits(kColumnDenseTiles, kBits);
    static constexpr auto kSparse = tiles_of_bits(kSparseTiles, kBits);
    static constexpr auto kWide = tiles_of_bits(kWideMetadataTiles, kBits);
    if (!sparse && b_layout == BLayout::kColumn) return listed(kColumnDense);
    if (!sparse) return listed(kDense);
    if (kBits < 16) return listed(kWide);
    return listed(kSparse);
}

// Assumed, from the latencies of an A100: address arithmetic and the first tile's way from memory
// through L2; the way of the last accumulators and stores; a barrier with its wait, which other
// CTAs of the SM hide.
constexpr double kFillCycles = 800;
constexpr double kDrainCycles = 400;
constexpr double kBarrierCycles = 40;
constexpr double kTurnCycles = 1500;  // a store, a release, an acquire and a load through L2

std::uint32_t tiles_of(std::uint32_t extent, std::uint32_t tile) {
    return (extent + tile - 1) / tile;
}

std::uint32_t resident_ctas(const KernelPlan& plan, const TileLimits& limits) {
    return std::min(
        {limits.shared_bytes_per_sm / (plan.shared_bytes() + limits.reserved_shared_bytes_per_cta),
         limits.registers_per_sm / (plan.registers() * plan.threads),
         limits.threads_per_sm / plan.threads});
}

// Cycles that an SM needs for one stage of one CTA when nothing waits.
struct StageCycles {
    double transfer;  // from L2
    double compute;   // tensor cores or shared memory
};

StageCycles stage_cycles(const KernelPlan& plan, std::uint32_t active_sms,
                         const TileLimits& limits) {
    const double warps = plan.threads / isa::kLanes;
    // In f16 multiplications: narrower elements take as much less time; f64 has an array of its
    // own.
    constexpr double kF64InF16 = 16;  // A100 whitepaper: 64 and 1024 a cycle and SM
    const double in_f16 = plan.plain_loads() ? kF64InF16 : plan.input_bits() / 16.0;
    const double macs =
        warps * plan.k_steps * plan.mmas_per_k_step() * plan.form->executed_macs() * in_f16;
    // A ldmatrix.x4 reads four lines of 128 bytes, a metadata load one; cp.async writes the stage.
    constexpr double kLineBytes = 128;
    const double lines = warps * plan.k_steps * (4 * plan.ldmatrix_per_k_step() + plan.e_blocks);
    const double shared_bytes = lines * kLineBytes + plan.stage_bytes;
    const double l2_share = std::min(static_cast<double>(limits.l2_bytes_per_cycle) / active_sms,
                                     static_cast<double>(limits.l2_bytes_per_cycle_and_sm));
    return {plan.stage_bytes / l2_share,
            std::max(macs / limits.macs_per_cycle, shared_bytes / limits.shared_bytes_per_cycle)};
}

// Cycles in which an SM sends D of one CTA: every quad of lanes stores 8 columns, a sector or part
// of one.
double store_cycles(const KernelPlan& plan, const TileLimits& limits) {
    constexpr double kSectorBytes = 32;
    const double sectors = plan.tile.cta_m * plan.tile.cta_n / 8.0;
    return sectors * kSectorBytes / limits.store_bytes_per_cycle;
}

// Names the most slices that any tile allows.
void check_split_k(const GemmProblem& problem) {
    std::uint32_t most = 0;
    std::uint32_t cta_k = 0;
    for (const GemmTile& tile : default_tiles(problem)) {
        if (k_tiles_of(problem, tile) <= most) continue;
        most = k_tiles_of(problem, tile);
        cta_k = tile.cta_k;
    }
    if (problem.split_k >= 1 && problem.split_k <= most) return;
    throw base::ConfigError(
        fmt::format("split-K of {}: K = {} has {} tiles of {}, expected 1 to {} slices",
                    problem.split_k, problem.k, most, cta_k, most));
}

}  // namespace

std::vector<GemmTile> default_tiles(const GemmProblem& problem) {
    if (problem.is_extended()) return extended_tiles(problem);
    static constexpr auto kDoubles = tiles_of_bits(kF64Tiles, 64);
    switch (types::bits(problem.input)) {
        case 1:
            return scaled_tiles<1>(problem.sparse, problem.b_layout);
        case 4:
            return scaled_tiles<4>(problem.sparse, problem.b_layout);
        case 8:
            return scaled_tiles<8>(problem.sparse, problem.b_layout);
        case 32:
            return scaled_tiles<32>(problem.sparse, problem.b_layout);
        case 64:
            return listed(kDoubles);
        default:
            return scaled_tiles<16>(problem.sparse, problem.b_layout);
    }
}

double estimate_cycles(const GemmProblem& problem, const GemmTile& tile, std::uint32_t sm_count,
                       const TileLimits& limits) {
    const KernelPlan plan = plan_of(problem, tile);
    const std::uint64_t ctas = std::uint64_t{tiles_of(problem.m, tile.cta_m)} *
                               tiles_of(problem.n, tile.cta_n) * problem.split_k;
    const auto active_sms = static_cast<std::uint32_t>(std::min<std::uint64_t>(ctas, sm_count));
    const double trips = slice_tiles(problem, tile, 0);
    const StageCycles stage = stage_cycles(plan, active_sms, limits);
    const double slower = std::max(stage.transfer, stage.compute);
    const double faster = std::min(stage.transfer, stage.compute);
    const double store = store_cycles(plan, limits);
    // CTAs that start together stay together: their fills and stores do not hide behind the main
    // loop of another. Transfers and computation are a pipeline of two.
    const auto wave = [&](std::uint64_t ctas_per_sm) {
        const auto n = static_cast<double>(ctas_per_sm);
        const double trip = std::max(n * slower, slower + kBarrierCycles);
        return kFillCycles + n * faster + trips * trip + n * store + kDrainCycles;
    };
    const std::uint64_t resident = resident_ctas(plan, limits);
    const std::uint64_t per_wave = resident * sm_count;
    const std::uint64_t rest = ctas % per_wave;
    double cycles = static_cast<double>(ctas / per_wave) * wave(resident);
    if (rest > 0) cycles += wave((rest + sm_count - 1) / sm_count);
    // The turns of the last wave: each slice reads and writes the partial sums of a tile.
    return cycles + (problem.split_k - 1) * (kTurnCycles + 2 * store);
}

bool fits(const GemmProblem& problem, const GemmTile& tile, const TileLimits& limits) {
    try {
        check_tile(problem, tile, limits.shared_bytes_per_cta);
        (void)raster_of(problem, tile);
    } catch (const base::ConfigError&) {
        return false;
    }
    return resident_ctas(plan_of(problem, tile), limits) > 0;
}

GemmTile choose_tile(const GemmProblem& problem, std::uint32_t sm_count, const TileLimits& limits) {
    SPTC_ASSERT(sm_count > 0);
    check_split_k(problem);
    std::optional<GemmTile> best;
    double best_cycles = 0;
    for (const GemmTile& tile : default_tiles(problem)) {
        if (!fits(problem, tile, limits)) continue;
        const double cycles = estimate_cycles(problem, tile, sm_count, limits);
        if (best && cycles >= best_cycles) continue;
        best = tile;
        best_cycles = cycles;
    }
    if (best) return *best;
    const GemmTile smallest = default_tiles(problem).back();
    check_tile(problem, smallest, limits.shared_bytes_per_cta);
    (void)raster_of(problem, smallest);
    throw base::ConfigError("no GEMM tile fits the GPU's shared memory, registers and threads");
}

}  // namespace sptc::gemm
