#pragma once
#include <cstdint>
#include <string>

#include "models/isa/mma.hpp"
#include "traces/gemm/forms.hpp"
#include "traces/gemm/gemm.hpp"

namespace sptc::gemm {

inline constexpr std::uint32_t kChunkBytes = 16;  ///< one cp.async, one row of an 8 x 8 matrix

/// How the 16-byte chunks of a shared-memory row move so that the 8 rows of every 8 x 8 matrix lie
/// in 8 different bank groups: physical chunk = chunk ^ ((row >> row_shift) & mask). Rows shorter
/// than 128 bytes share a line of 128 bytes and change their pattern from line to line. Where a
/// half-warp loads two chunks of 4 rows (f64), pairs of chunks move instead.
struct Swizzle {
    std::uint32_t row_shift;
    std::uint32_t mask;
    std::uint32_t chunk_shift;  ///< 1 where pairs move

    [[nodiscard]] std::uint32_t physical(std::uint32_t row, std::uint32_t chunk) const {
        return chunk ^ (((row >> row_shift) & mask) << chunk_shift);
    }
};

/// What moves as one: a chunk, or a pair.
enum class SwizzleUnit : std::uint8_t { kChunk, kPair };

/// The swizzle of rows of 32, 64 or a multiple of 128 bytes.
[[nodiscard]] Swizzle swizzle_of(std::uint32_t row_bytes, SwizzleUnit unit = SwizzleUnit::kChunk);

/// Steps of two chunks along a row after which the swizzled pattern repeats: beyond, addresses
/// differ by a constant.
[[nodiscard]] std::uint32_t swizzle_period(std::uint32_t row_bytes,
                                           SwizzleUnit unit = SwizzleUnit::kChunk);

/// How the threads of a CTA copy one [rows x row_bytes] tile per stage. Thread t copies chunk
/// column t % width of row t / width, then the same chunk in later rows and columns; every copy of
/// a thread has the same swizzle.
struct CopyPlan {
    std::uint32_t row_bytes;
    std::uint32_t pitch_bytes;  ///< of a row in shared memory
    std::uint32_t rows;
    std::uint32_t width;  ///< chunk columns of one pass
    std::uint32_t rows_per_pass;
    std::uint32_t row_passes;
    std::uint32_t column_passes;
    std::uint32_t threads;  ///< threads that take part
    SwizzleUnit unit;

    /// Rows with a pitch of their own are an odd number of chunks apart, which does without.
    [[nodiscard]] bool padded() const { return pitch_bytes != row_bytes; }
    [[nodiscard]] Swizzle swizzle() const {
        return padded() ? Swizzle{0, 0, 0} : swizzle_of(row_bytes, unit);
    }
    [[nodiscard]] std::uint32_t period() const {
        return padded() ? 1 : swizzle_period(row_bytes, unit);
    }
    [[nodiscard]] std::uint32_t copies() const { return row_passes * column_passes; }
    [[nodiscard]] std::uint32_t bytes() const { return rows * pitch_bytes; }
};

/// How the threads of a CTA copy an operand of an extended form that lies in blocks
/// (nm_operands.hpp): of each k-step the CTA's blocks stand side by side, in device memory and in
/// shared memory. Thread t copies chunk t, t + threads, ...; the last pass may be of some threads
/// only.
struct BlockCopyPlan {
    const char* name;           ///< "a" or "e"
    std::uint32_t block_bytes;  ///< of row_tiles x 16 rows of A for one k-step
    std::uint32_t row_tiles;    ///< mma tiles that a block serves
    std::uint32_t step_chunks;  ///< of a CTA for one k-step
    std::uint32_t chunks;       ///< of a stage
    std::uint32_t passes;
    std::uint32_t last_threads;  ///< that take part in the last pass
    std::uint32_t offset;        ///< in a stage

    [[nodiscard]] std::uint32_t bytes() const { return chunks * kChunkBytes; }
};

/// Everything that the sections of a kernel derive from the tile.
struct KernelPlan {
    GemmProblem problem;
    GemmTile tile;
    const isa::MmaForm* form;
    std::uint32_t threads;
    std::uint32_t warps_m;
    std::uint32_t k_steps;        ///< mma k extents in one stage
    std::uint32_t row_tiles;      ///< tiles of a warp, each as many rows as the mma has
    std::uint32_t metadata_rows;  ///< of a block of 128 bytes of metadata, one register of a warp:
                                  ///< 32 with words of 16 bits, 16 with 32; 0 when dense
    std::uint32_t e_blocks;       ///< metadata blocks of a warp; 0 when dense
    std::uint32_t groups;         ///< 16-column groups of a warp: what one ldmatrix.x4 feeds
    std::uint32_t b_halves;       ///< ldmatrix.x4 for one group of B: 32 bytes of k each
    std::uint32_t b_buffers;  ///< 1: a group is reloaded after its last use; 2: one k-step ahead
    /// Of A and E: 2, one k-step ahead; 1 for extended forms with too many registers for that: then
    /// all fragments of a k-step are loaded when it begins.
    std::uint32_t fragment_buffers;
    CopyPlan a;
    CopyPlan b;
    BlockCopyPlan a_blocks;  ///< extended forms: instead of a
    BlockCopyPlan e_blocks_copy;
    std::uint32_t e_chunks;  ///< 16-byte chunks of metadata in a stage
    std::uint32_t e_passes;
    std::uint32_t e_threads;  ///< threads that take part
    std::uint32_t e_offset;   ///< of the metadata inside a stage; A is at 0
    std::uint32_t b_offset;
    std::uint32_t stage_bytes;

    [[nodiscard]] bool sparse() const { return problem.sparse; }
    [[nodiscard]] bool extended() const { return problem.is_extended(); }
    [[nodiscard]] bool split_k() const { return problem.split_k > 1; }
    [[nodiscard]] bool column_major_b() const { return problem.b_layout == BLayout::kColumn; }
    /// Fragments of f64 come from plain loads: one of its elements is more than a lane gets of an
    /// 8 x 8 matrix of ldmatrix.
    [[nodiscard]] bool plain_loads() const { return form->dot == isa::DotKind::kF64; }
    [[nodiscard]] std::uint32_t input_bits() const;
    /// Elements of A or B in a chunk.
    [[nodiscard]] std::uint32_t chunk_elements() const;
    [[nodiscard]] std::uint32_t accumulator_bytes() const;  ///< of an element of C
    [[nodiscard]] std::uint32_t output_bytes() const;       ///< of an element of D
    /// Registers (of f64: 64-bit ones) of one accumulator tile, of A in a row tile, and of B in one
    /// half of a group.
    [[nodiscard]] std::uint32_t accumulator_registers() const;
    [[nodiscard]] std::uint32_t a_registers() const {
        if (extended()) return static_cast<std::uint32_t>(form->a_registers());
        return plain_loads() ? 1 : 4;
    }
    /// Registers of one block of metadata.
    [[nodiscard]] std::uint32_t e_registers() const {
        return extended() ? static_cast<std::uint32_t>(form->metadata_registers()) : 1;
    }
    /// 16-byte steps of k of a column of B: two to an ldmatrix.x4, a last odd one to an x2.
    [[nodiscard]] std::uint32_t b_blocks() const;
    [[nodiscard]] std::uint32_t b_registers() const { return plain_loads() ? 2 : 4; }
    /// Rows of an accumulator tile in steps of 8.
    [[nodiscard]] std::uint32_t tile_row_steps() const;
    /// Split-K: pairs of partial sums that are loaded together, into what were fragments. A power
    /// of two.
    [[nodiscard]] std::uint32_t partial_pairs() const;
    /// Metadata of one row of A for one k-step, in bytes.
    [[nodiscard]] std::uint32_t metadata_row_bytes() const;
    [[nodiscard]] std::uint32_t mmas_per_k_step() const { return row_tiles * groups * 2; }
    [[nodiscard]] std::uint32_t ldmatrix_per_k_step() const {
        return row_tiles + groups * b_halves;
    }
    [[nodiscard]] std::uint32_t copies_per_stage() const {
        return (extended() ? a_blocks.passes : a.copies()) + b.copies() + e_passes;
    }
    /// Address registers of fragments: k-steps (A, column-major B) and groups (row-major B) whose
    /// swizzled chunks differ by more than an immediate.
    [[nodiscard]] std::uint32_t a_addresses() const;
    [[nodiscard]] std::uint32_t b_addresses() const;
    [[nodiscard]] std::uint32_t shared_bytes() const { return tile.stages * stage_bytes; }
    /// What ptxas allocates, estimated from what lives through the main loop.
    [[nodiscard]] std::uint32_t registers() const;
    /// Of these, fragments of A, B and E.
    [[nodiscard]] std::uint32_t fragment_registers() const;
    /// "sptc_gemm_f16_f32_sp24_128x128x64_w64x64_s3_c"
    [[nodiscard]] std::string kernel_name() const;
};

/// The plan of a tile whose extents are legal (check_tile).
[[nodiscard]] KernelPlan plan_of(const GemmProblem& problem, const GemmTile& tile);

}  // namespace sptc::gemm
