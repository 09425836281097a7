#pragma once
#include <cstdint>

#include "traces/gemm/gemm.hpp"

namespace sptc::gemm {

/// The layout of the operands in device memory. Pitches are in elements and multiples of 8, so that
/// every row begins at a 16-byte boundary; the padding is zero.
struct GemmLayout {
    std::uint32_t
        k_padded;  ///< logical columns that A has in memory: K rounded up to 8 (dense) or 16 (2:4)
    std::uint32_t m_metadata;  ///< rows of E: M rounded up to cta_m; 0 when dense
    std::uint32_t
        k_metadata;     ///< logical columns that E covers: K rounded up to cta_k; 0 when dense
    std::uint32_t lda;  ///< pitch of A as stored: k_padded, or k_padded / 2
    std::uint32_t ldb;
    std::uint32_t ldd;      ///< also C
    std::uint64_t a_bytes;  ///< [M x lda]
    std::uint64_t e_bytes;  ///< reordered 16-bit metadata words (CUTLASS
                            ///< ColumnMajorInterleaved<2>); 0 when dense
    std::uint64_t b_bytes;  ///< [K x ldb]
    std::uint64_t d_bytes;  ///< [M x ldd]
};

/// E covers whole CTA tiles and whole stages, so that no mma.sp ever sees an undefined code: the
/// words of padded rows and columns are kPaddingMetadata.
[[nodiscard]] GemmLayout layout_of(const GemmProblem& problem, const GemmTile& tile);

/// A legal metadata word for groups of zeros: each code keeps elements 2 and 3.
inline constexpr std::uint16_t kPaddingMetadata = 0xEEEE;

/// Where the metadata word of (row, 16-column word) lies in E, in 16-bit words: CUTLASS's
/// reordering (rows of a 32-row group interleaved by 4, corners of 2 x 2 blocks swapped) into
/// ColumnMajorInterleaved<2>, in closed form. A block of 32 rows x 32 logical columns is 128
/// contiguous bytes whose 32-bit word 4g + t belongs to lane 4g + t: t & 1 chooses the column word,
/// t >> 1 the upper or lower 16 rows (the sparsity selector), the halves rows g and g + 8.
[[nodiscard]] std::uint64_t metadata_index(std::uint32_t row, std::uint32_t word,
                                           std::uint32_t m_metadata);

}  // namespace sptc::gemm
