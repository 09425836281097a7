#pragma once
#include <cstdint>
#include <string>

#include "models/isa/instruction_source.hpp"
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

/// How the work is cut. Extents are elements of the logical problem and powers of two.
struct GemmTile {
    std::uint32_t cta_m = 128;
    std::uint32_t cta_n = 128;
    std::uint32_t cta_k = 32;  ///< logical K of one pipeline stage
    std::uint32_t warp_m = 64;
    std::uint32_t warp_n = 64;
    std::uint32_t stages = 4;

    [[nodiscard]] std::uint32_t warps() const { return (cta_m / warp_m) * (cta_n / warp_n); }
};

/// Dynamic shared memory that one CTA may have: 163 KiB on compute capability 8.0 (CUDA C
/// programming guide, technical specifications per compute capability).
inline constexpr std::uint32_t kSharedBytesPerCtaSm80 = 163 * 1024;

/// The PTX text of a kernel and what the launch must give it.
struct GemmKernel {
    std::string ptx;
    std::string entry;
    isa::Dim3 grid;  ///< x: M tiles of a group, y: N tiles, z: groups of M tiles (see raster_of)
    std::uint32_t threads = 0;
    std::uint32_t dynamic_shared_bytes = 0;
    std::uint32_t registers_per_thread = 0;  ///< the writer's estimate of what ptxas allocates
    GemmProblem problem;
    GemmTile tile;
};

/// Throws ConfigError when the problem cannot be written as a kernel (an extent of 0, types without
/// an mma form) or the tile cannot be built (extents, warps, shared memory, registers), naming the
/// limit.
void check_tile(const GemmProblem& problem, const GemmTile& tile,
                std::uint32_t shared_bytes_limit = kSharedBytesPerCtaSm80);

/// The order in which CTAs (x fastest) walk the tiles of D. A group of about 8 M tiles is walked
/// through all N tiles before the next group, so the CTAs that run together share rows of A and
/// columns of B in L2. Of the sizes from 4 to 16 the group has the one that leaves the fewest CTAs
/// without a tile (those exit at once), of equals the nearest to 8; fewer M tiles are one group.
/// Throws ConfigError when the grid would pass 65535 in y or z.
[[nodiscard]] isa::Dim3 raster_of(const GemmProblem& problem, const GemmTile& tile);

/// Writes the kernel for a checked tile. Parameters in order: A, [E,] B, [C,] D addresses (u64),
/// then M, N, K, lda, ldb, ldd, [m_metadata] (u32); the text does not depend on the shape. Throws
/// ConfigError as check_tile and raster_of do.
[[nodiscard]] GemmKernel write_kernel(const GemmProblem& problem, const GemmTile& tile,
                                      std::uint32_t shared_bytes_limit = kSharedBytesPerCtaSm80);

}  // namespace sptc::gemm
