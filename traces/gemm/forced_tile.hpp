#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "traces/gemm/tile_choice.hpp"

namespace sptc::gemm {

/// A tile that a user names instead of leaving the choice to choose_tile().
struct ForcedTile {
    GemmTile tile;          ///< without a warp tile: its extents are 0
    bool has_warp = false;  ///< was one given?
};

/// "auto" (nullopt), "MxNxKxSTAGES" or "MxNxKxSTAGES:WARP_MxWARP_N", as "256x128x64x3:64x64". K
/// counts elements of the logical problem. Throws ConfigError saying so.
[[nodiscard]] std::optional<ForcedTile> parse_tile(std::string_view text);

/// "256x128x64x3:64x64".
[[nodiscard]] std::string tile_text(const GemmTile& tile);

/// The named tile; where no warp tile was given, the one of the lowest estimate that can be built.
/// Throws ConfigError as check_tile() does: with no warp tile given, its reason for 64 x 64.
[[nodiscard]] GemmTile complete_tile(const GemmProblem& problem, const ForcedTile& forced,
                                     std::uint32_t sm_count, const TileLimits& limits);

}  // namespace sptc::gemm
