#pragma once
#include <cstdint>
#include <span>
#include <systemc>

#include "models/isa/mma.hpp"
#include "models/numeric/operand_fragment.hpp"
#include "models/numeric/wide_arithmetic.hpp"
#include "models/tensor_core/slice.hpp"

namespace sptc::tensor_core {

/// What the multiplier lanes of one slice receive. Lane [row][slot][column] gets slot-row
/// rows.row[row][slot] of B, column `column`: the lanes of all columns share one select, so a mux
/// output is held as the row of B that it passes on.
struct LaneSlice {
    const isa::MmaForm* form;
    const isa::DotRule* rule;
    Slice slice;
    const numeric::OperandFragment* b;
    numeric::SelectedRows rows;  ///< only the slots of the slice's groups are valid
    /// Extended forms: instead of b and rows.
    std::span<const isa::LaneRegister> wide_b;
    const numeric::WideRows* wide_rows = nullptr;

    /// The bits on one lane; `slot` counts the slots of the whole instruction.
    [[nodiscard]] std::uint64_t value(int row, int slot, int column) const {
        const int k = rows.row[static_cast<std::size_t>(row)][static_cast<std::size_t>(slot)];
        const int bits = form->slot_bits();
        return numeric::element(*b, numeric::b_place(bits, k, column), bits);
    }
};

/// Operand selector -> dot product unit.
class LaneIf : public virtual sc_core::sc_interface {
  public:
    virtual void drive(const LaneSlice& lanes) = 0;
};

}  // namespace sptc::tensor_core
