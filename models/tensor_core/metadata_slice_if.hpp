#pragma once
#include <array>
#include <cstdint>
#include <systemc>

#include "models/isa/mma.hpp"
#include "models/numeric/operand_fragment.hpp"
#include "models/tensor_core/slice.hpp"

namespace sptc::tensor_core {

/// The metadata of one slice, expanded: the 2-bit mux select of every row and stored slot,
/// [row][slot]. Only the slots of the slice are valid.
struct SelectSlice {
    const isa::MmaForm* form;
    Slice slice;
    std::array<std::array<std::uint8_t, numeric::kMaxSlots>, numeric::kRows> select;
};

/// Metadata decoder -> operand selector.
class MetadataSliceIf : public virtual sc_core::sc_interface {
  public:
    virtual void select(const SelectSlice& selects) = 0;
};

}  // namespace sptc::tensor_core
