#pragma once
#include <cstdint>
#include <string>

#include "models/types/data_type.hpp"

namespace sptc::gemm {

/// D = A . B + C. A is M x K (row-major), B is K x N (row-major), C and D are M x N (row-major).
struct GemmProblem {
    std::uint32_t m = 0;
    std::uint32_t n = 0;
    std::uint32_t k = 0;
    types::DataType input = types::DataType::kF16;        ///< A and B
    types::DataType accumulator = types::DataType::kF32;  ///< C and D
    bool sparse = false;                                  ///< A is 2:4
    bool has_c = false;                                   ///< otherwise C = 0 and is not read
};

/// How the work is cut. Extents are elements of the logical problem.
struct GemmTile {
    std::uint32_t cta_m = 128;
    std::uint32_t cta_n = 128;
    std::uint32_t cta_k = 32;  ///< logical K of one pipeline stage
    std::uint32_t warp_m = 64;
    std::uint32_t warp_n = 64;
    std::uint32_t stages = 4;

    [[nodiscard]] std::uint32_t warps() const { return (cta_m / warp_m) * (cta_n / warp_n); }
};

/// The layout of the operands in device memory. Pitches are in elements, rounded up so that every
/// row begins at a 16-byte boundary; the padding is zero.
struct GemmLayout {
    std::uint32_t
        k_padded;  ///< K rounded up to the pattern's group and to what the metadata layout needs
    std::uint32_t m_metadata;  ///< rows of E: M rounded up to 32; 0 when dense
    std::uint32_t lda;         ///< pitch of A as stored: K, or the compressed K / 2
    std::uint32_t ldb;
    std::uint32_t ldd;  ///< also C
    std::uint64_t a_bytes;
    std::uint64_t e_bytes;  ///< reordered 16-bit metadata words (CUTLASS
                            ///< ColumnMajorInterleaved<2>); 0 when dense
    std::uint64_t b_bytes;
    std::uint64_t d_bytes;
};

[[nodiscard]] GemmLayout layout_of(const GemmProblem& problem);

/// The PTX text of a kernel and what the launch must give it.
struct GemmKernel {
    std::string ptx;
    std::string entry;
    std::uint32_t grid_x = 0;  ///< CTAs along N
    std::uint32_t grid_y = 0;  ///< CTAs along M
    std::uint32_t threads = 0;
    std::uint32_t dynamic_shared_bytes = 0;
    std::uint32_t registers_per_thread = 0;  ///< the writer's estimate of what ptxas allocates
    GemmProblem problem;
    GemmTile tile;
};

/// Throws ConfigError when the tile cannot be built (extents, shared memory, registers), naming the
/// limit.
void check_tile(const GemmProblem& problem, const GemmTile& tile);

/// Writes the kernel. Parameters in order: A, [E,] B, [C,] D addresses (u64), then u32 M, N,
/// K_padded. lda, ldb, ldd, [m_metadata] (u32), so that one text serves every shape.
[[nodiscard]] GemmKernel write_kernel(const GemmProblem& problem, const GemmTile& tile);

}  // namespace sptc::gemm
