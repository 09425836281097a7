#include <fmt/format.h>

#include <bit>

#include "models/base/error.hpp"
#include "traces/gemm/check_epilogue.hpp"
#include "traces/gemm/gemm.hpp"
#include "traces/gemm/plan.hpp"

namespace sptc::gemm {
namespace {

constexpr std::uint32_t kMaxWarps = 32;       // 1024 threads of a CTA (CUDA, every architecture)
constexpr std::uint32_t kMaxRegisters = 255;  // of a thread (CUDA, since compute capability 3.5)
constexpr std::uint32_t kRegistersPerSm = 65536;  // compute capability 8.0
constexpr std::uint32_t kMaxTileExtent = 1024;    // larger ones fit no shared memory
constexpr std::uint32_t kMaxStages = 16;          // beyond any pipeline depth that helps

std::string describe(const GemmTile& tile) {
    return fmt::format("tile {}x{}x{} (warp {}x{}, {} stages)", tile.cta_m, tile.cta_n, tile.cta_k,
                       tile.warp_m, tile.warp_n, tile.stages);
}

[[noreturn]] void reject(const GemmTile& tile, const std::string& reason) {
    throw base::ConfigError(describe(tile) + ": " + reason);
}

void check_extent(const GemmTile& tile, const char* name, std::uint32_t value,
                  std::uint32_t least) {
    if (value < least || value > kMaxTileExtent || !std::has_single_bit(value)) {
        reject(tile, fmt::format("{} is {}: expected a power of two from {} to {}", name, value,
                                 least, kMaxTileExtent));
    }
}

void check_problem(const GemmProblem& problem) {
    if (problem.m == 0 || problem.n == 0 || problem.k == 0) {
        throw base::ConfigError(
            fmt::format("GEMM of M = {}, N = {}, K = {}: expected extents of at "
                        "least 1",
                        problem.m, problem.n, problem.k));
    }
    // Byte offsets inside a row, and K rounded up to a stage, are 32-bit numbers in the kernel.
    constexpr std::uint32_t kMaxExtent = 1u << 29;
    if (problem.m > kMaxExtent || problem.n > kMaxExtent || problem.k > kMaxExtent) {
        throw base::ConfigError(
            fmt::format("GEMM of M = {}, N = {}, K = {}: expected extents of at "
                        "most {}",
                        problem.m, problem.n, problem.k, kMaxExtent));
    }
    if (problem.split_k == 0) {
        throw base::ConfigError("split-K of 0: expected at least 1 CTA along K");
    }
    (void)form_of(problem);
    if (problem.is_extended() && problem.split_k > 1) {
        throw base::ConfigError("split-K with an extended N:M pattern: no such kernel");
    }
    check_epilogue(problem);
}

void check_extents(const GemmProblem& problem, const GemmTile& tile) {
    const isa::MmaForm& form = form_of(problem);
    const auto k_step = static_cast<std::uint32_t>(form.k_logical);
    check_extent(tile, "warp_m", tile.warp_m,
                 problem.sparse && !form.extended() ? metadata_block_rows(form) : 16);
    check_extent(tile, "warp_n", tile.warp_n, 16);
    check_extent(tile, "cta_m", tile.cta_m, tile.warp_m);
    check_extent(tile, "cta_n", tile.cta_n, tile.warp_n);
    if (!problem.is_extended()) {
        check_extent(tile, "cta_k", tile.cta_k, k_step);
    } else if (tile.cta_k == 0 || tile.cta_k % k_step != 0) {
        reject(tile, fmt::format("cta_k is {}: expected a multiple of {}, a k-step of {}",
                                 tile.cta_k, k_step, form.shape_name()));
    }
    if (const std::uint32_t k_tiles = k_tiles_of(problem, tile); problem.split_k > k_tiles) {
        reject(tile,
               fmt::format("split-K of {}: K = {} has {} tiles of {}, expected 1 to {} slices",
                           problem.split_k, problem.k, k_tiles, tile.cta_k, k_tiles));
    }
    if (tile.stages < 2 || tile.stages > kMaxStages) {
        reject(tile, fmt::format("expected 2 to {} stages", kMaxStages));
    }
    if (tile.warps() > kMaxWarps) {
        reject(tile, fmt::format("{} warps: a CTA has at most {}", tile.warps(), kMaxWarps));
    }
}

void check_copy(const GemmTile& tile, const char* name, const CopyPlan& copy) {
    if (copy.row_passes > 1 && copy.rows_per_pass % 8 != 0) {
        reject(tile, fmt::format("{} warps are too few to copy {}: expected at least {}",
                                 tile.warps(), name, 2 * tile.warps()));
    }
}

}  // namespace

void check_tile(const GemmProblem& problem, const GemmTile& tile,
                std::uint32_t shared_bytes_limit) {
    check_problem(problem);
    check_extents(problem, tile);
    const KernelPlan plan = plan_of(problem, tile);
    if (!problem.is_extended()) {
        check_copy(tile, "A", plan.a);
        check_copy(tile, "B", plan.b);
    }
    if (plan.shared_bytes() > shared_bytes_limit) {
        reject(tile, fmt::format("needs {} bytes of shared memory: a CTA has at most {}",
                                 plan.shared_bytes(), shared_bytes_limit));
    }
    if (plan.registers() > kMaxRegisters) {
        reject(tile, fmt::format("needs about {} registers a thread: expected at most {}; choose a "
                                 "smaller warp tile or more warps",
                                 plan.registers(), kMaxRegisters));
    }
    if (plan.registers() * plan.threads > kRegistersPerSm) {
        reject(tile, fmt::format("needs about {} registers for {} threads: an SM has {}",
                                 plan.registers() * plan.threads, plan.threads, kRegistersPerSm));
    }
}

}  // namespace sptc::gemm
