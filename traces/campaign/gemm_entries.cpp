#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "models/base/error.hpp"
#include "traces/campaign/prepare.hpp"
#include "traces/gemm/gemm.hpp"
#include "traces/gemm/layout.hpp"
#include "traces/gemm/prepare.hpp"
#include "traces/gemm/tile_choice.hpp"
#include "traces/launch/launch.hpp"

namespace sptc::campaign {
namespace {

using Json = nlohmann::json;
using types::DataType;

struct Kind {
    DataType input;
    DataType accumulator;
};
constexpr std::array kKinds{
    Kind{DataType::kF16, DataType::kF32}, Kind{DataType::kF16, DataType::kF16},
    Kind{DataType::kBf16, DataType::kF32}, Kind{DataType::kTf32, DataType::kF32},
    Kind{DataType::kS8, DataType::kS32}};

struct Shape {
    std::uint32_t m, n, k;
};
// From one CTA to several waves; K a multiple of every stage, so that operands need no padding.
constexpr std::array kShapes{
    Shape{128, 128, 256},  Shape{256, 128, 256},   Shape{128, 256, 512},   Shape{256, 256, 1024},
    Shape{200, 184, 512},  Shape{512, 256, 256},   Shape{512, 512, 512},   Shape{768, 512, 512},
    Shape{1024, 512, 256}, Shape{1024, 1024, 512}, Shape{1000, 520, 1024}, Shape{2048, 1024, 256}};
constexpr std::size_t kQuickShapes = 1;

constexpr std::uint64_t kMostBlocks = 1024;
constexpr std::uint64_t kLeastBlockBytes = 256;
constexpr std::uint64_t kKeptBlocks = 3;
constexpr std::uint32_t kTileSms = 108;  // of an A100: the tile is chosen for it
constexpr cuda::TimingPlan kTiming{3, 11};

/// The chosen tile, and the one of the list farthest from it that fits.
std::vector<gemm::GemmTile> tiles_of(const gemm::GemmProblem& problem) {
    std::vector<gemm::GemmTile> tiles{gemm::choose_tile(problem, kTileSms)};
    const auto all = gemm::default_tiles(problem);
    for (const gemm::GemmTile& tile : all) {
        const bool same = tile.cta_m == tiles[0].cta_m && tile.cta_n == tiles[0].cta_n;
        if (same || problem.k % tile.cta_k != 0) continue;
        try {
            gemm::check_tile(problem, tile);
        } catch (const base::ConfigError&) {
            continue;
        }
        tiles.push_back(tile);
        break;
    }
    return tiles;
}

/// "f16 f32 sparse 128 128 256 tile 128 128 64 64 64 3": what kernel_of_today() reads.
std::string recipe(const gemm::GemmProblem& problem, const gemm::GemmTile& tile) {
    return fmt::format("{} {} {} {} {} {} tile {} {} {} {} {} {}", types::name(problem.input),
                       types::name(problem.accumulator), problem.sparse ? "sparse" : "dense",
                       problem.m, problem.n, problem.k, tile.cta_m, tile.cta_n, tile.cta_k,
                       tile.warp_m, tile.warp_n, tile.stages);
}

/// Operands from seeds: any legal metadata make a legal sparse A.
std::string launch_json(const gemm::GemmKernel& kernel, std::uint64_t seed) {
    const gemm::GemmLayout layout = gemm::layout_of(kernel.problem, kernel.tile);
    Json document = Json::parse(launch::launch_text(gemm::make_launch(kernel, layout)));
    const bool integer = kernel.problem.accumulator == DataType::kS32;
    for (const char* name : {"A", "B"}) {
        document["buffers"][name]["random"] = {{"seed", seed++},
                                               {"distribution", integer ? "uniform" : "normal"}};
    }
    if (kernel.problem.sparse) {
        Json& metadata = document["buffers"]["E"];
        metadata["type"] = "u32";
        metadata["random"] = {{"seed", seed},
                              {"distribution", "metadata"},
                              {"pattern", kernel.problem.input == DataType::kTf32 ? "1:2" : "2:4"}};
    }
    return document.dump(1) + "\n";
}

void add_kernel(Writer& writer, const gemm::GemmProblem& problem, const gemm::GemmTile& tile,
                std::uint64_t seed) {
    const gemm::GemmKernel kernel = gemm::write_kernel(problem, tile);
    const std::uint64_t bytes = gemm::layout_of(problem, tile).d_bytes;
    cuda::CampaignEntry entry;
    entry.name = fmt::format("gemm/{}_{}x{}x{}", kernel.entry, problem.m, problem.n, problem.k);
    entry.group = "gemm";
    entry.kernel = fmt::format("kernels/{}.ptx", kernel.entry);
    entry.launch = entry.name + ".json";
    entry.architecture = 80;
    entry.keep.block_bytes = std::max(kLeastBlockBytes, (bytes / kMostBlocks + 7) / 8 * 8);
    entry.keep.every = std::max<std::uint64_t>(1, bytes / entry.keep.block_bytes / kKeptBlocks);
    entry.timing = kTiming;
    entry.made_by = recipe(problem, tile);
    writer.add_text(entry.kernel, kernel.ptx);
    writer.add_text(entry.launch, launch_json(kernel, seed));
    writer.add_entry(std::move(entry));
}

}  // namespace

void add_gemm(Writer& writer, const PrepareOptions& options) {
    std::uint64_t seed = options.seed + (1ull << 32);
    const std::size_t shapes = options.quick ? kQuickShapes : kShapes.size();
    for (const Kind& kind : kKinds) {
        for (const bool sparse : {false, true}) {
            for (std::size_t i = 0; i < shapes; ++i) {
                gemm::GemmProblem problem;
                problem.m = kShapes[i].m;
                problem.n = kShapes[i].n;
                problem.k = kShapes[i].k;
                problem.input = kind.input;
                problem.accumulator = kind.accumulator;
                problem.sparse = sparse;
                problem.b_layout = gemm::default_b_layout(kind.input);
                for (const gemm::GemmTile& tile : tiles_of(problem)) {
                    add_kernel(writer, problem, tile, seed);
                    seed += 4;
                }
            }
        }
    }
}

std::string kernel_of_today(const cuda::CampaignEntry& entry) {
    std::array<char, 16> input{}, accumulator{}, structure{};
    gemm::GemmProblem problem;
    gemm::GemmTile tile;
    const int read = std::sscanf(
        entry.made_by.c_str(), "%15s %15s %15s %u %u %u tile %u %u %u %u %u %u", input.data(),
        accumulator.data(), structure.data(), &problem.m, &problem.n, &problem.k, &tile.cta_m,
        &tile.cta_n, &tile.cta_k, &tile.warp_m, &tile.warp_n, &tile.stages);
    if (read != 12) return "";
    problem.input = types::parse_data_type(input.data());
    problem.accumulator = types::parse_data_type(accumulator.data());
    problem.sparse = std::string_view(structure.data()) == "sparse";
    problem.b_layout = gemm::default_b_layout(problem.input);
    return gemm::write_kernel(problem, tile).ptx;
}

}  // namespace sptc::campaign
