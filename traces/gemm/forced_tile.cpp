#include "traces/gemm/forced_tile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "models/base/error.hpp"

namespace sptc::gemm {
namespace {

/// Numbers joined by 'x'; false when the text is something else.
bool read_extents(std::string_view text, std::span<std::uint32_t> extents) {
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    for (std::size_t i = 0; i < extents.size(); ++i) {
        if (i > 0 && (at == end || *at++ != 'x')) return false;
        const auto [stop, error] = std::from_chars(at, end, extents[i]);
        if (error != std::errc{}) return false;
        at = stop;
    }
    return at == end;
}

}  // namespace

std::optional<ForcedTile> parse_tile(std::string_view text) {
    if (text == "auto") return std::nullopt;
    const std::size_t colon = text.find(':');
    std::array<std::uint32_t, 4> cta{};
    std::array<std::uint32_t, 2> warp{};
    const bool has_warp = colon != std::string_view::npos;
    if (!read_extents(text.substr(0, colon), cta) ||
        (has_warp && !read_extents(text.substr(colon + 1), warp))) {
        throw base::ConfigError(
            fmt::format("kernel '{}': expected auto, or M x N x K of a CTA and its stages, such as "
                        "256x128x64x3, with the warp's M x N or without: 256x128x64x3:64x64",
                        text));
    }
    return ForcedTile{{cta[0], cta[1], cta[2], warp[0], warp[1], cta[3]}, has_warp};
}

std::string tile_text(const GemmTile& tile) {
    return fmt::format("{}x{}x{}x{}:{}x{}", tile.cta_m, tile.cta_n, tile.cta_k, tile.stages,
                       tile.warp_m, tile.warp_n);
}

GemmTile complete_tile(const GemmProblem& problem, const ForcedTile& forced, std::uint32_t sm_count,
                       const TileLimits& limits) {
    if (forced.has_warp) {
        check_tile(problem, forced.tile, limits.shared_bytes_per_cta);
        return forced.tile;
    }
    std::optional<GemmTile> best;
    double best_cycles = 0;
    for (const std::uint32_t warp_m : {64u, 32u, 16u}) {
        for (const std::uint32_t warp_n : {64u, 32u, 16u}) {
            GemmTile tile = forced.tile;
            tile.warp_m = std::min(warp_m, tile.cta_m);
            tile.warp_n = std::min(warp_n, tile.cta_n);
            if (!fits(problem, tile, limits)) continue;
            const double cycles = estimate_cycles(problem, tile, sm_count, limits);
            if (best && cycles >= best_cycles) continue;
            best = tile;
            best_cycles = cycles;
        }
    }
    if (best) return *best;
    GemmTile tile = forced.tile;
    tile.warp_m = std::min(64u, tile.cta_m);
    tile.warp_n = std::min(64u, tile.cta_n);
    check_tile(problem, tile, limits.shared_bytes_per_cta);
    throw base::ConfigError(
        fmt::format("kernel {}: does not fit the GPU's registers and threads", tile_text(tile)));
}

}  // namespace sptc::gemm
