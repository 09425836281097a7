#include "traces/gemm/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/base/error.hpp"
#include "models/types/data_type.hpp"

namespace sptc::gemm {
namespace {

constexpr std::uint32_t kMmaM = 16;
constexpr std::uint32_t kGroupN = 16;
constexpr std::uint32_t kMetadataRows = 32;     // rows of one metadata block
constexpr std::uint32_t kMetadataColumns = 32;  // logical columns of one metadata block
constexpr std::uint32_t kLineBytes = 128;       // all 32 banks

CopyPlan copy_plan(std::uint32_t rows, std::uint32_t row_bytes, std::uint32_t threads) {
    const std::uint32_t chunks = row_bytes / kChunkBytes;
    CopyPlan plan{};
    plan.row_bytes = row_bytes;
    plan.rows = rows;
    // At least a line wide, so that writes are free of conflicts; at least 8 rows high where
    // possible, so that the swizzle of a thread never changes.
    plan.width = std::min(chunks, std::max(kLineBytes / kChunkBytes, threads / 8));
    plan.rows_per_pass = threads / plan.width;
    plan.row_passes = std::max(1u, rows / plan.rows_per_pass);
    plan.column_passes = chunks / plan.width;
    plan.threads = std::min(threads, rows * plan.width);
    return plan;
}

}  // namespace

Swizzle swizzle_of(std::uint32_t row_bytes) {
    switch (row_bytes) {
        case 32:
            return {2, 1};
        case 64:
            return {1, 3};
        default:
            SPTC_ASSERT(row_bytes % kLineBytes == 0);
            return {0, 7};
    }
}

std::uint32_t swizzle_period(std::uint32_t row_bytes) {
    return (swizzle_of(row_bytes).mask + 1) / 2;
}

const isa::MmaForm& form_of(const GemmProblem& problem) {
    const isa::MmaForm* form =
        isa::find_form(problem.sparse, 16, 8, problem.sparse ? 32 : 16, problem.accumulator,
                       problem.input, problem.input, problem.accumulator);
    if (form != nullptr && types::bits(problem.input) == 16) return *form;
    std::string known;
    for (const isa::MmaForm& row : isa::mma_forms()) {
        if (types::bits(row.a) == 16 && row.k_stored == 16) known += "\n  " + row.ptx_name();
    }
    throw base::ConfigError(fmt::format(
        "no GEMM kernel for {} inputs and {} accumulators ({}): expected one of the forms{}",
        types::name(problem.input), types::name(problem.accumulator),
        problem.sparse ? "2:4" : "dense", known));
}

KernelPlan plan_of(const GemmProblem& problem, const GemmTile& tile) {
    KernelPlan plan{};
    plan.problem = problem;
    plan.tile = tile;
    plan.form = &form_of(problem);
    plan.threads = tile.warps() * static_cast<std::uint32_t>(isa::kLanes);
    plan.warps_m = tile.cta_m / tile.warp_m;
    const auto k_logical = static_cast<std::uint32_t>(plan.form->k_logical);
    plan.k_steps = tile.cta_k / k_logical;
    plan.row_tiles = tile.warp_m / kMmaM;
    plan.groups = tile.warp_n / kGroupN;
    plan.b_halves = k_logical / 16;
    plan.b_buffers = plan.groups >= 4 ? 1 : 2;

    const auto input_bytes = static_cast<std::uint32_t>(types::bits(problem.input) / 8);
    const std::uint32_t k_stored = problem.sparse ? tile.cta_k / 2 : tile.cta_k;
    plan.a = copy_plan(tile.cta_m, k_stored * input_bytes, plan.threads);
    plan.b = copy_plan(tile.cta_k, tile.cta_n * input_bytes, plan.threads);
    if (problem.sparse) {
        plan.row_pairs = tile.warp_m / kMetadataRows;
        plan.e_chunks = tile.cta_k / kMetadataColumns * tile.cta_m * 4 / kChunkBytes;
        plan.e_passes = std::max(1u, plan.e_chunks / plan.threads);
        plan.e_threads = std::min(plan.threads, plan.e_chunks);
    }
    plan.e_offset = plan.a.bytes();
    plan.b_offset = plan.e_offset + plan.e_chunks * kChunkBytes;
    plan.stage_bytes = plan.b_offset + plan.b.bytes();
    return plan;
}

std::uint32_t KernelPlan::output_bytes() const {
    return static_cast<std::uint32_t>(types::bits(problem.accumulator) / 8);
}

std::uint32_t KernelPlan::accumulator_registers() const {
    return static_cast<std::uint32_t>(form->d_registers());
}

std::uint32_t KernelPlan::a_addresses() const {
    return std::min(k_steps, swizzle_period(a.row_bytes));
}

std::uint32_t KernelPlan::b_addresses() const {
    return std::min(groups, swizzle_period(b.row_bytes));
}

std::uint32_t KernelPlan::registers() const {
    // Fitted to ptxas 13.0 -v over the default tiles, within 10 % (the test prints both). Of a copy
    // of A or B ptxas keeps the 64-bit pointer and folds the size into predicates; with the few B
    // registers of a dense k-step it loads B one k-step ahead by itself.
    constexpr std::uint32_t kPointerRegisters = 2;
    const std::uint32_t scratch = sparse() ? 11 : 12;
    const std::uint32_t b_ahead = sparse() ? b_buffers : 2;
    const std::uint32_t accumulators = mmas_per_k_step() * accumulator_registers();
    const std::uint32_t fragments =
        2 * row_tiles * 4 + b_ahead * groups * b_halves * 4 + 2 * row_pairs;
    const std::uint32_t addresses = a_addresses() + b_addresses() + (sparse() ? 1 : 0);
    return accumulators + fragments + addresses + kPointerRegisters * copies_per_stage() + scratch;
}

std::string KernelPlan::kernel_name() const {
    return fmt::format("sptc_gemm_{}_{}_{}_{}x{}x{}_w{}x{}_s{}{}", types::name(problem.input),
                       types::name(problem.accumulator), problem.sparse ? "sp24" : "dense",
                       tile.cta_m, tile.cta_n, tile.cta_k, tile.warp_m, tile.warp_n, tile.stages,
                       problem.has_c ? "_c" : "");
}

}  // namespace sptc::gemm
