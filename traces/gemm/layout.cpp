#include "traces/gemm/layout.hpp"

#include "models/types/data_type.hpp"

namespace sptc::gemm {
namespace {

constexpr std::uint32_t kPitchElements = 8;     // 16 bytes of f16: one cp.async
constexpr std::uint32_t kMetadataColumns = 16;  // logical columns of one 16-bit metadata word

std::uint32_t round_up(std::uint32_t value, std::uint32_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

GemmLayout layout_of(const GemmProblem& problem, const GemmTile& tile) {
    const auto input_bytes = static_cast<std::uint64_t>(types::bits(problem.input) / 8);
    const auto output_bytes = static_cast<std::uint64_t>(types::bits(problem.accumulator) / 8);
    GemmLayout layout{};
    layout.k_padded = round_up(problem.k, problem.sparse ? tile.cta_k : kPitchElements);
    layout.lda = problem.sparse ? layout.k_padded / 2 : layout.k_padded;
    layout.ldb = round_up(problem.n, kPitchElements);
    layout.ldd = round_up(problem.n, kPitchElements);
    layout.a_bytes = std::uint64_t{problem.m} * layout.lda * input_bytes;
    layout.b_bytes = std::uint64_t{problem.k} * layout.ldb * input_bytes;
    layout.d_bytes = std::uint64_t{problem.m} * layout.ldd * output_bytes;
    if (problem.sparse) {
        layout.m_metadata = round_up(problem.m, tile.cta_m);
        layout.e_bytes = std::uint64_t{layout.m_metadata} * (layout.k_padded / kMetadataColumns) *
                         sizeof(std::uint16_t);
    }
    return layout;
}

}  // namespace sptc::gemm
