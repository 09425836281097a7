#pragma once
#include <cstdint>

#include "traces/gemm/gemm.hpp"

namespace sptc::gemm {

/// The layout of the operands in device memory. Pitches are in elements; every row (of a
/// column-major B every column) begins at a 16-byte boundary; the padding is zero. Elements below a
/// byte fill it from the low bits up. A sparse A, like its metadata, covers whole stages. Of an
/// extended pattern A and E lie in blocks (nm_operands.hpp) that cover whole CTA tiles too.
struct GemmLayout {
    std::uint32_t k_padded;    ///< logical columns that A has in memory: K rounded up to 16 bytes
                               ///< (dense) or cta_k (sparse)
    std::uint32_t m_metadata;  ///< rows of E: M rounded up to cta_m; 0 when dense
    std::uint32_t lda;         ///< pitch of A as stored: k_padded, or k_padded / 2
    std::uint32_t b_rows;      ///< K, or N columns of a column-major B
    std::uint32_t ldb;
    std::uint32_t ldd;            ///< also C
    std::uint64_t a_bytes;        ///< [M x lda]
    std::uint64_t e_bytes;        ///< metadata of [m_metadata x k_padded] in the order of
                                  ///< sparsity/metadata_order.hpp; 0 when dense
    std::uint64_t b_bytes;        ///< [b_rows x ldb]
    std::uint64_t c_bytes;        ///< [M x ldd] accumulators
    std::uint64_t bias_bytes;     ///< [ldd] accumulators
    std::uint64_t d_bytes;        ///< [M x ldd]
    std::uint64_t partial_bytes;  ///< split-K: [M x ldd] accumulators where D cannot hold them
    std::uint64_t turns_bytes;    ///< split-K: a u32 for each tile of D
};

/// E covers whole CTA tiles and whole stages, so that no mma.sp ever sees an undefined code.
[[nodiscard]] GemmLayout layout_of(const GemmProblem& problem, const GemmTile& tile);

}  // namespace sptc::gemm
