#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "traces/gemm/plan.hpp"
#include "traces/gemm/ptx_text.hpp"

/// The sections of a GEMM kernel, in the order in which write_kernel() joins them. Registers are
/// named for what they hold: %a_ptr2 is the global address of this thread's third copy of A.
namespace sptc::gemm {

/// .version, .target, parameters and register declarations, up to the opening brace.
void write_header(PtxText& text, const KernelPlan& plan);

/// The tile of the CTA (%m0, %n0), of split-K its %slice, and the place of the thread (%thread,
/// %lane, %warp_m, %warp_n), from the special registers: computed again where needed, so that
/// nothing of it lives through the main loop.
void write_place(PtxText& text, const KernelPlan& plan);

/// %$t2 = 16 * (chunk ^ what the swizzle of these rows makes of the row); row and chunk are
/// registers.
void write_swizzled_chunk(PtxText& text, const Swizzle& swizzle, std::string_view row,
                          std::string_view chunk);

/// Split-K, after write_place(): %k_first and %k_tiles, the tiles of K of this CTA's slice.
void write_slice(PtxText& text);

/// Split-K: sources go on to the first tile of the slice, whose number is %k_first.
void write_slice_start(PtxText& text, const KernelPlan& plan);

/// Split-K: %t3 = the first column of the last tile of the slice, from the special registers.
void write_slice_last_column(PtxText& text, const KernelPlan& plan);

/// Split-K: waits for the slice before this one, adds its partial sums to the accumulators, and
/// unless this is the last slice leaves them to the next and ends.
void write_turns(PtxText& text, const KernelPlan& plan);

/// The place, %smem and %k_tiles; CTAs without a tile exit.
void write_coordinates(PtxText& text, const KernelPlan& plan);

/// Sources, sizes, destinations and strides of this thread's cp.async copies.
void write_copy_setup(PtxText& text, const KernelPlan& plan);

/// Sources, destinations and strides of this thread's copies of an operand in blocks.
void write_block_setup(PtxText& text, const KernelPlan& plan, const BlockCopyPlan& copy);

/// Its copies of one stage.
void add_block_copies(std::vector<std::string>& out, const KernelPlan& plan,
                      const BlockCopyPlan& copy);

/// The fragment addresses of an extended form.
void write_extended_fragment_setup(PtxText& text, const KernelPlan& plan);

/// Loads a block of an operand that lies in blocks: `registers` of them from `first` on.
[[nodiscard]] std::vector<std::string> load_block(const BlockCopyPlan& copy, std::uint32_t k_step,
                                                  std::uint32_t block, std::uint32_t first,
                                                  std::uint32_t registers);

/// ldmatrix of `blocks` (2, or 1) 16-byte steps of k of one group of B into registers from `first`
/// on: those of the columns 0-7 and 8-15 of the first step, then of the second.
[[nodiscard]] std::string load_extended_b(const KernelPlan& plan, std::uint32_t k_step,
                                          std::uint32_t group, std::uint32_t first_block,
                                          std::uint32_t blocks, std::uint32_t first);

/// Shared-memory addresses of this thread's rows for ldmatrix and of its metadata words.
void write_fragment_setup(PtxText& text, const KernelPlan& plan);

/// Issues the first stages - 1 tiles.
void write_prologue(PtxText& text, const KernelPlan& plan);

/// C into the accumulators, or zeros.
void write_accumulator_setup(PtxText& text, const KernelPlan& plan);

/// The loop over the tiles of K.
void write_main_loop(PtxText& text, const KernelPlan& plan);

/// Accumulators to D, the exit, and the out-of-line block that the main loop enters for a ragged
/// last tile.
void write_epilogue(PtxText& text, const KernelPlan& plan);

/// The copies of one stage and their commit, as instructions that may stand anywhere between
/// others.
[[nodiscard]] std::vector<std::string> copy_instructions(const KernelPlan& plan);

/// Moves sources and destinations on to the next stage; the slot after the last one is the first. A
/// copy reads its registers long after it has issued, so this must not follow closely.
[[nodiscard]] std::vector<std::string> copy_advance(const KernelPlan& plan);

/// Sets the predicates of the next stage's copies: %p_copy (there is one) and %p_last (it is the
/// last tile of K).
[[nodiscard]] std::vector<std::string> copy_predicates(const KernelPlan& plan);

/// Turns the copies of the last tile that lie beyond K into zero fills from a valid address.
void write_last_tile(PtxText& text, const KernelPlan& plan);

}  // namespace sptc::gemm
