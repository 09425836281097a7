#include "traces/gemm/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "models/base/error.hpp"
#include "models/types/data_type.hpp"

namespace sptc::gemm {
namespace {

constexpr std::uint32_t kGroupN = 16;
constexpr std::uint32_t kLineBytes = 128;  // all 32 banks
constexpr std::uint32_t kStepBytes = 32;   // of a row of A that one mma takes, in every type
constexpr std::uint32_t kByteBits = 8;
constexpr std::uint32_t kMaxRegisters = 255;  // of a thread (CUDA, since compute capability 3.5)

CopyPlan copy_plan(std::uint32_t rows, std::uint32_t row_bytes, std::uint32_t threads,
                   SwizzleUnit unit) {
    const std::uint32_t chunks = row_bytes / kChunkBytes;
    CopyPlan plan{};
    plan.unit = unit;
    plan.row_bytes = row_bytes;
    plan.pitch_bytes = row_bytes;
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

Swizzle swizzle_of(std::uint32_t row_bytes, SwizzleUnit unit) {
    const bool pairs = unit == SwizzleUnit::kPair;
    switch (row_bytes) {
        case 32:
            return pairs ? Swizzle{0, 0, 1} : Swizzle{2, 1, 0};
        case 64:
            return pairs ? Swizzle{1, 1, 1} : Swizzle{1, 3, 0};
        default:
            SPTC_ASSERT(row_bytes % kLineBytes == 0);
            return pairs ? Swizzle{0, 3, 1} : Swizzle{0, 7, 0};
    }
}

std::uint32_t swizzle_period(std::uint32_t row_bytes, SwizzleUnit unit) {
    const Swizzle swizzle = swizzle_of(row_bytes, unit);
    return std::max(1u, ((swizzle.mask + 1) << swizzle.chunk_shift) / 2);
}

std::string_view name(BLayout layout) { return layout == BLayout::kRow ? "row" : "column"; }

BLayout default_b_layout(types::DataType input) {
    return types::bits(input) == 16 ? BLayout::kRow : BLayout::kColumn;
}

namespace {

// "_c", "_scaled_c_bias_relu"
std::string epilogue_suffix(const GemmProblem& problem) {
    const Epilogue& epilogue = problem.epilogue;
    std::string text = problem.split_k > 1 ? "_splitk" : "";
    if (epilogue.scaled) text += "_scaled";
    if (problem.has_c) text += "_c";
    if (const std::string steps = epilogue.name(); steps != "none") text.append("_").append(steps);
    for (char& c : text) {
        if (c == '+' || c == '-') c = '_';
    }
    return text;
}

/// Rows that are an odd number of chunks apart: 8 of them lie in 8 different bank groups. The width
/// of a pass divides the row, its height the rows.
CopyPlan padded_copy_plan(std::uint32_t rows, std::uint32_t row_bytes, std::uint32_t threads) {
    const std::uint32_t chunks = row_bytes / kChunkBytes;
    const auto power_in = [](std::uint32_t value) { return value & (0 - value); };
    CopyPlan plan{};
    plan.unit = SwizzleUnit::kChunk;
    plan.row_bytes = row_bytes;
    plan.pitch_bytes = row_bytes + (chunks % 2 == 0 ? kChunkBytes : 2 * kChunkBytes);
    plan.rows = rows;
    plan.width = std::min({power_in(chunks), kLineBytes / kChunkBytes, threads});
    plan.rows_per_pass = std::min(threads / plan.width, power_in(rows));
    plan.row_passes = rows / plan.rows_per_pass;
    plan.column_passes = chunks / plan.width;
    plan.threads = plan.rows_per_pass * plan.width;
    return plan;
}

BlockCopyPlan block_copy_plan(const KernelPlan& plan, const char* name, std::uint32_t registers,
                              std::uint32_t row_tiles, std::uint32_t offset) {
    BlockCopyPlan copy{};
    copy.name = name;
    copy.block_bytes = registers * kLineBytes;
    copy.row_tiles = row_tiles;
    copy.step_chunks = plan.tile.cta_m / (16 * row_tiles) * copy.block_bytes / kChunkBytes;
    copy.chunks = plan.k_steps * copy.step_chunks;
    copy.passes = (copy.chunks + plan.threads - 1) / plan.threads;
    copy.last_threads = copy.chunks - (copy.passes - 1) * plan.threads;
    copy.offset = offset;
    return copy;
}

void plan_extended(KernelPlan& plan) {
    const GemmTile& tile = plan.tile;
    const auto bytes = [&](std::uint32_t elements) {
        return elements * plan.input_bits() / kByteBits;
    };
    plan.b_halves = (plan.b_blocks() + 1) / 2;
    // A second buffer of B where it is small; one needs another group to compute meanwhile.
    constexpr std::uint32_t kSecondBufferRegisters = 32;
    const std::uint32_t registers = plan.groups * plan.b_halves * 4;
    plan.b_buffers = plan.groups == 1 || registers <= kSecondBufferRegisters ? 2 : 1;
    const auto selectors = static_cast<std::uint32_t>(plan.form->selector_count());
    const std::uint32_t row_tiles = std::min(selectors, plan.row_tiles);
    plan.a_blocks = block_copy_plan(plan, "a", plan.a_registers(), 1, 0);
    plan.e_offset = plan.a_blocks.bytes();
    plan.e_blocks_copy = block_copy_plan(plan, "e", plan.e_registers(), row_tiles, plan.e_offset);
    plan.metadata_rows = 16 * row_tiles;
    plan.e_blocks = tile.warp_m / plan.metadata_rows;
    plan.e_chunks = plan.e_blocks_copy.chunks;
    plan.e_passes = plan.e_blocks_copy.passes;
    plan.e_threads = plan.e_blocks_copy.last_threads;
    plan.b = plan.column_major_b() ? padded_copy_plan(tile.cta_n, bytes(tile.cta_k), plan.threads)
                                   : padded_copy_plan(tile.cta_k, bytes(tile.cta_n), plan.threads);
    plan.b_offset = plan.e_offset + plan.e_blocks_copy.bytes();
    plan.stage_bytes = plan.b_offset + plan.b.bytes();
    if (plan.k_steps % 2 != 0 || plan.registers() > kMaxRegisters) {
        plan.fragment_buffers = 1;
        plan.b_buffers = 1;
    }
}

}  // namespace

KernelPlan plan_of(const GemmProblem& problem, const GemmTile& tile) {
    KernelPlan plan{};
    plan.problem = problem;
    plan.tile = tile;
    plan.form = &form_of(problem);
    plan.threads = tile.warps() * static_cast<std::uint32_t>(isa::kLanes);
    plan.warps_m = tile.cta_m / tile.warp_m;
    const auto k_logical = static_cast<std::uint32_t>(plan.form->k_logical);
    plan.k_steps = tile.cta_k / k_logical;
    plan.row_tiles = tile.warp_m / static_cast<std::uint32_t>(plan.form->m);
    plan.groups = tile.warp_n / kGroupN;
    plan.b_halves = k_logical * plan.input_bits() / kByteBits / kStepBytes;
    plan.b_buffers = plan.groups >= 4 ? 1 : 2;
    plan.fragment_buffers = 2;

    const auto bytes = [&](std::uint32_t elements) {
        return elements * plan.input_bits() / kByteBits;
    };
    if (plan.extended()) {
        plan_extended(plan);
        return plan;
    }
    const std::uint32_t k_stored = problem.sparse ? tile.cta_k / 2 : tile.cta_k;
    const SwizzleUnit unit = plan.plain_loads() ? SwizzleUnit::kPair : SwizzleUnit::kChunk;
    plan.a = copy_plan(tile.cta_m, bytes(k_stored), plan.threads, unit);
    plan.b = plan.column_major_b() ? copy_plan(tile.cta_n, bytes(tile.cta_k), plan.threads, unit)
                                   : copy_plan(tile.cta_k, bytes(tile.cta_n), plan.threads, unit);
    if (problem.sparse) {
        plan.metadata_rows = metadata_block_rows(*plan.form);
        plan.e_blocks = tile.warp_m / plan.metadata_rows;
        plan.e_chunks = plan.k_steps * tile.cta_m * plan.metadata_row_bytes() / kChunkBytes;
        plan.e_passes = std::max(1u, plan.e_chunks / plan.threads);
        plan.e_threads = std::min(plan.threads, plan.e_chunks);
    }
    plan.e_offset = plan.a.bytes();
    plan.b_offset = plan.e_offset + plan.e_chunks * kChunkBytes;
    plan.stage_bytes = plan.b_offset + plan.b.bytes();
    // A stage of one k-step: the next one to load ahead lies in a stage that is not there yet.
    if (plan.k_steps == 1) plan.fragment_buffers = plan.b_buffers = 1;
    return plan;
}

std::uint32_t KernelPlan::accumulator_bytes() const {
    return static_cast<std::uint32_t>(types::bits(problem.accumulator) / 8);
}

std::uint32_t KernelPlan::output_bytes() const {
    return static_cast<std::uint32_t>(types::bits(problem.output()) / 8);
}

std::uint32_t KernelPlan::input_bits() const {
    return static_cast<std::uint32_t>(types::bits(problem.input));
}

std::uint32_t KernelPlan::chunk_elements() const { return kChunkBytes * kByteBits / input_bits(); }

std::uint32_t KernelPlan::accumulator_registers() const {
    const auto words = static_cast<std::uint32_t>(form->d_registers());
    return plain_loads() ? words / 2 : words;
}

std::uint32_t KernelPlan::tile_row_steps() const { return static_cast<std::uint32_t>(form->m) / 8; }

std::uint32_t KernelPlan::partial_pairs() const {
    const std::uint32_t pairs = tile_row_steps() * row_tiles * 2 * groups;
    const auto words = mmas_per_k_step() * static_cast<std::uint32_t>(form->d_registers()) / pairs;
    // Half of them: ptxas keeps addresses and guards of the loads in the rest.
    return std::min(pairs, std::bit_floor(std::max(1u, fragment_registers() / 2 / words)));
}

std::uint32_t KernelPlan::metadata_row_bytes() const { return kLineBytes / metadata_rows; }

std::uint32_t KernelPlan::b_blocks() const {
    return static_cast<std::uint32_t>(form->k_logical) * input_bits() / kByteBits / kChunkBytes;
}

std::uint32_t KernelPlan::a_addresses() const {
    return extended() ? 1 : std::min(k_steps, a.period());
}

std::uint32_t KernelPlan::b_addresses() const {
    return std::min(column_major_b() ? k_steps * b_halves : groups, b.period());
}

std::uint32_t KernelPlan::fragment_registers() const {
    // With the few B registers of a dense k-step and a row-major B ptxas loads B one k-step ahead
    // by itself.
    const std::uint32_t b_ahead = sparse() || column_major_b() ? b_buffers : 2;
    const auto words = [](int registers) { return static_cast<std::uint32_t>(registers); };
    return fragment_buffers * row_tiles * words(form->a_registers()) +
           b_ahead * groups * 2 * words(form->b_registers()) +
           fragment_buffers * e_blocks * e_registers();
}

std::uint32_t KernelPlan::registers() const {
    // Fitted to ptxas 13.0 -v over the default tiles, within 10 % (the test prints both). Of a copy
    // of A or B ptxas keeps the 64-bit pointer and folds the size into predicates.
    constexpr std::uint32_t kPointerRegisters = 2;
    const std::uint32_t scratch = sparse() ? 11 : 12;
    const std::uint32_t accumulators =
        mmas_per_k_step() * static_cast<std::uint32_t>(form->d_registers());
    const std::uint32_t addresses = a_addresses() + b_addresses() + (sparse() ? 1 : 0);
    return accumulators + fragment_registers() + addresses +
           kPointerRegisters * copies_per_stage() + scratch;
}

std::string KernelPlan::kernel_name() const {
    std::string types(types::name(problem.input));
    if (problem.b_type() != problem.input)
        types += fmt::format("_{}", types::name(*problem.b_input));
    std::string pattern = "dense";
    if (problem.sparse) {
        const sparsity::Pattern& row = *form->metadata->pattern;
        pattern = extended() ? fmt::format("sp{}of{}_{}", row.n, row.m,
                                           sparsity::name(problem.extended->format))
                             : fmt::format("sp{}{}", row.n, row.m);
    }
    const bool usual_layout = problem.b_layout == default_b_layout(problem.input);
    return fmt::format("sptc_gemm_{}_{}_{}_{}x{}x{}_w{}x{}_s{}{}{}", types,
                       types::name(problem.accumulator), pattern, tile.cta_m, tile.cta_n,
                       tile.cta_k, tile.warp_m, tile.warp_n, tile.stages,
                       usual_layout ? "" : "_col", epilogue_suffix(problem));
}

}  // namespace sptc::gemm
