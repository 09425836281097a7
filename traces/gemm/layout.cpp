#include "traces/gemm/layout.hpp"

#include "models/types/data_type.hpp"
#include "traces/gemm/forms.hpp"
#include "traces/gemm/plan.hpp"

namespace sptc::gemm {
namespace {

constexpr std::uint32_t kChunkBits = 128;          // one cp.async
constexpr std::uint32_t kOutputPitchElements = 8;  // what a quad stores of a row

std::uint32_t round_up(std::uint32_t value, std::uint32_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

GemmLayout layout_of(const GemmProblem& problem, const GemmTile& tile) {
    const isa::MmaForm& form = form_of(problem);
    const auto input_bits = static_cast<std::uint32_t>(types::bits(problem.input));
    const std::uint32_t chunk = kChunkBits / input_bits;
    const auto bytes = [&](std::uint64_t elements) { return elements * input_bits / 8; };
    const auto accumulator_bytes = static_cast<std::uint64_t>(types::bits(problem.accumulator) / 8);
    const auto output_bytes = static_cast<std::uint64_t>(types::bits(problem.output()) / 8);
    GemmLayout layout{};
    layout.k_padded = round_up(problem.k, problem.sparse ? tile.cta_k : chunk);
    layout.lda = form.extended() ? layout.k_padded / static_cast<std::uint32_t>(form.k_logical) *
                                       static_cast<std::uint32_t>(form.k_stored)
                 : problem.sparse ? layout.k_padded / 2
                                  : layout.k_padded;
    const bool column_major_b = problem.b_layout == BLayout::kColumn;
    layout.b_rows = column_major_b ? problem.n : problem.k;
    layout.ldb = round_up(column_major_b ? problem.k : problem.n, chunk);
    layout.ldd = round_up(problem.n, kOutputPitchElements);
    layout.a_bytes = bytes(std::uint64_t{problem.m} * layout.lda);
    layout.b_bytes = bytes(std::uint64_t{layout.b_rows} * layout.ldb);
    layout.c_bytes = std::uint64_t{problem.m} * layout.ldd * accumulator_bytes;
    layout.bias_bytes = std::uint64_t{layout.ldd} * accumulator_bytes;
    layout.d_bytes = std::uint64_t{problem.m} * layout.ldd * output_bytes;
    if (problem.split_k > 1) {
        if (problem.epilogue.requantized) layout.partial_bytes = layout.c_bytes;
        const isa::Dim3 grid = raster_of(problem, tile);
        const std::uint64_t m_tiles = std::uint64_t{grid.x} * (grid.z / problem.split_k);
        layout.turns_bytes = m_tiles * grid.y * sizeof(std::uint32_t);
    }
    if (problem.sparse) {
        layout.m_metadata = round_up(problem.m, tile.cta_m);
        const auto k_step = static_cast<std::uint32_t>(form.k_logical);
        if (form.extended()) {
            const KernelPlan plan = plan_of(problem, tile);
            const std::uint64_t k_steps = layout.k_padded / k_step;
            const auto block_bytes = [&](const BlockCopyPlan& copy) {
                return k_steps * (layout.m_metadata / (16 * copy.row_tiles)) * copy.block_bytes;
            };
            layout.a_bytes = block_bytes(plan.a_blocks);
            layout.e_bytes = block_bytes(plan.e_blocks_copy);
            return layout;
        }
        layout.e_bytes = std::uint64_t{layout.m_metadata} * (layout.k_padded / k_step) *
                         static_cast<std::uint32_t>(form.metadata_bytes_per_row());
    }
    return layout;
}

}  // namespace sptc::gemm
