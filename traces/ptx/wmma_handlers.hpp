#pragma once
#include <cstdint>

#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

// The memory operations of wmma.load and wmma.store. Operands 0 to 7: the slot of the stride, bits
// of an element, and the place of lane (g, t) as line 0, offset 0, lines per g, offsets per g,
// lines per t, offsets per t. Then the registers: Op::elements of them, and copies of all as often
// as Op::modifier says.

inline constexpr std::size_t kWmmaOperands = 8;

/// Op::bytes of each lane into 32- or 64-bit registers.
void wmma_load32(Execution& execution);
void wmma_load64(Execution& execution);
void wmma_store32(Execution& execution);
void wmma_store64(Execution& execution);
void wmma_addresses(Execution& execution);             ///< with values off
void wmma_store_without_values(Execution& execution);  ///< of global memory

/// As ldmatrix. Operands: the slot of the stride, bits of an element, line and offset of each
/// tile's first row, then the registers as above. Op::modifier: copies; kTransposedTiles beside it:
/// .trans.
void wmma_load_tiles(Execution& execution);
void wmma_tile_addresses(Execution& execution);

inline constexpr std::uint8_t kTransposedTiles = 0x80;

/// d = a | b << Op::modifier. Operands: d, a, b.
void insert_bits(Execution& execution);
/// Operands: d, a. The low (Op::modifier 0) or high f16 of a register as f32.
void widen_half(Execution& execution);
/// Operands: d, a, b: two f32 rounded to f16, a in the low half.
void narrow_to_halves(Execution& execution);

}  // namespace sptc::ptx
