#pragma once
#include <vector>

#include "models/isa/mma.hpp"
#include "traces/ptx/wmma_name.hpp"

namespace sptc::ptx {

/// Where an element lies behind the address of its matrix: `line` * stride + `offset` elements.
struct MemoryPlace {
    int line;
    int offset;
};

/// How the registers of a wmma fragment lie in memory. PTX leaves the fragment open; this is what
/// ptxas 13 makes of it for sm_80: the fragments of mma, block after block; in m8n32k16 those of
/// the transposed product.
class WmmaLayout {
  public:
    /// The fragment of `matrix` (a, b, c or d) with elements of `type`.
    WmmaLayout(const WmmaShape& shape, char matrix, types::DataType type, isa::Major layout);

    /// nullptr when the shape has no such fragment.
    [[nodiscard]] const isa::MmaForm* form() const { return form_; }
    /// Different registers (of 64 bits for f64); f16 multiplicands have copies behind them.
    [[nodiscard]] int registers() const { return registers_; }
    [[nodiscard]] int copies() const { return copies_; }
    [[nodiscard]] int element_bits() const { return bits_; }
    [[nodiscard]] int elements_per_register() const { return bits_ >= 32 ? 1 : 32 / bits_; }

    /// Element `element` of register `reg` in a lane.
    [[nodiscard]] MemoryPlace place(int lane, int reg, int element) const;
    /// Do the elements of a register lie one after another? Otherwise each is on its own line.
    [[nodiscard]] bool contiguous() const;
    /// Do two neighbouring registers hold neighbouring elements?
    [[nodiscard]] bool pairs() const;

    /// Elements from line to line when the instruction names no stride.
    [[nodiscard]] int default_stride() const { return default_stride_; }

  private:
    enum class Side { kRows, kColumns, kSums };  ///< what the fragment is to mma: A, B, C

    const WmmaShape& shape_;
    types::DataType type_;
    bool by_rows_;  ///< of the matrix as mma sees it
    Side side_;
    const isa::MmaForm* form_;
    int bits_;
    int registers_ = 0;
    int registers_per_block_ = 1;
    int copies_ = 1;
    int default_stride_;
};

}  // namespace sptc::ptx
