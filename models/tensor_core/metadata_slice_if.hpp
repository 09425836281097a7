#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <systemc>

#include "models/isa/mma.hpp"
#include "models/numeric/operand_fragment.hpp"
#include "models/tensor_core/slice.hpp"

namespace sptc::tensor_core {

/// The metadata of one slice, expanded: the mux select of every row and slot, [row][slot]. Only the
/// slots of the slice's groups are valid.
struct SelectSlice {
    const isa::MmaForm* form;
    const isa::DotRule* rule;
    Slice slice;
    std::array<std::array<std::uint8_t, isa::kMaxSlots>, numeric::kMaxRows> select;
    /// Extended forms: instead of select, [row][slot] of all slots; the mux has M inputs.
    std::span<const std::uint8_t> wide_select;
};

/// Metadata decoder -> operand selector.
class MetadataSliceIf : public virtual sc_core::sc_interface {
  public:
    virtual void select(const SelectSlice& selects) = 0;
};

}  // namespace sptc::tensor_core
