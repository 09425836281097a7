#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/isa/instruction_source.hpp"
#include "models/sparsity/index_format.hpp"
#include "models/types/data_type.hpp"

namespace sptc::gemm {

/// How B [K x N] lies in device memory. Row-major works where ldmatrix can transpose, for 16-bit
/// elements; every type takes column-major, which has K contiguous.
enum class BLayout : std::uint8_t { kRow, kColumn };

/// "row" or "column".
[[nodiscard]] std::string_view name(BLayout layout);

/// The layout that a kernel of these elements has by default: row-major where it can.
[[nodiscard]] BLayout default_b_layout(types::DataType input);

enum class Activation : std::uint8_t { kNone, kRelu, kGelu };

/// What a kernel does to an accumulator before it stores D: scaled, then bias, then activation,
/// then requantization, each as reference::Epilogue says. Which steps there are decides the text of
/// the kernel; the numbers are arguments.
struct Epilogue {
    bool scaled = false;  ///< alpha * A . B + beta * C; otherwise C is the first addend of the mma
    double alpha = 1;
    double beta = 1;    ///< no meaning without C
    bool bias = false;  ///< a vector of N accumulators
    Activation activation = Activation::kNone;
    bool requantized = false;  ///< s32 to s8
    double scale = 1;          ///< of the requantization; an f32

    /// Is D something else than the accumulators?
    [[nodiscard]] bool present() const {
        return scaled || bias || activation != Activation::kNone || requantized;
    }
    /// "none", "bias+relu+requant-s8": without alpha and beta.
    [[nodiscard]] std::string name() const;
};

/// Sets the steps that a name lists ("none", or bias, relu, gelu, requant-s8 joined by '+'). Throws
/// ConfigError listing them.
void set_steps(Epilogue& epilogue, std::string_view name);

/// Any N:M pattern and the format of its metadata.
struct ExtendedPattern {
    const sparsity::Pattern* pattern;
    sparsity::IndexFormat format;
};

/// D = A . B + C. A is M x K (row-major), B is K x N, C and D are M x N (row-major).
struct GemmProblem {
    std::uint32_t m = 0;
    std::uint32_t n = 0;
    std::uint32_t k = 0;
    types::DataType input = types::DataType::kF16;        ///< A and B
    types::DataType accumulator = types::DataType::kF32;  ///< C and D
    bool sparse = false;  ///< A has the pattern of its type: 2:4, tf32 1:2, 4-bit 4:8 in pairs; or:
    /// Sparse with this pattern, for hardware that has its extended forms (isa/extended_form.hpp).
    std::optional<ExtendedPattern> extended = std::nullopt;
    bool has_c = false;  ///< otherwise C = 0 and is not read
    BLayout b_layout = BLayout::kRow;
    std::optional<types::DataType> b_input = std::nullopt;  ///< B where it is not as A: s8 x u8
    Epilogue epilogue = {};
    /// CTAs along K for each tile of D (split-K). They take turns: each adds the partial sums so
    /// far to its own, and the last one runs the epilogue.
    std::uint32_t split_k = 1;

    [[nodiscard]] types::DataType b_type() const { return b_input.value_or(input); }
    [[nodiscard]] bool is_extended() const { return sparse && extended.has_value(); }
    /// The type of D.
    [[nodiscard]] types::DataType output() const {
        return epilogue.requantized ? types::DataType::kS8 : accumulator;
    }
};

/// How the work is cut. Extents are elements of the logical problem and powers of two, except that
/// of extended patterns cta_k is any number of k-steps.
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

/// Tiles of K, the last one perhaps ragged.
[[nodiscard]] constexpr std::uint32_t k_tiles_of(const GemmProblem& problem, const GemmTile& tile) {
    return (problem.k + tile.cta_k - 1) / tile.cta_k;
}

/// Tiles of K that a slice of split-K has: equally many, the first ones one more where they do not
/// come out even.
[[nodiscard]] constexpr std::uint32_t slice_tiles(const GemmProblem& problem, const GemmTile& tile,
                                                  std::uint32_t slice) {
    const std::uint32_t tiles = k_tiles_of(problem, tile);
    return tiles / problem.split_k + (slice < tiles % problem.split_k ? 1 : 0);
}

/// The PTX text of a kernel and what the launch must give it.
struct GemmKernel {
    std::string ptx;
    std::string entry;
    isa::Dim3 grid;  ///< x: M tiles of a group, y: N tiles, z: groups of M tiles, of one slice of
                     ///< K after the other (see raster_of)
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
/// All CTAs of a slice of K come before those of the next, so that a CTA only ever waits for one
/// that was dispatched earlier. Throws ConfigError when the grid would pass 65535 in y or z.
[[nodiscard]] isa::Dim3 raster_of(const GemmProblem& problem, const GemmTile& tile);

/// Writes the kernel for a checked tile. Parameters in order: A, [E,] B, [C,] [bias,] D addresses
/// (u64), then M, N, K, lda, ldb, ldd, [m_metadata] (u32), [alpha, beta] (f32, f64 or s32, as the
/// accumulators; f32 of f16), [scale] (f32); of split-K also partial, turns (u64), m_groups,
/// slice_tiles, slice_rest (u32), as section_split_k.cpp uses them. The text does not depend on the
/// shape. Throws ConfigError as check_tile and raster_of do.
[[nodiscard]] GemmKernel write_kernel(const GemmProblem& problem, const GemmTile& tile,
                                      std::uint32_t shared_bytes_limit = kSharedBytesPerCtaSm80);

}  // namespace sptc::gemm
