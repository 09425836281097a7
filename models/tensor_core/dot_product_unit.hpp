#pragma once
#include <span>
#include <systemc>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/numeric/mma_arithmetic.hpp"
#include "models/tensor_core/lane_if.hpp"

namespace sptc::tensor_core {

/// The multipliers and adders. Holds A and the accumulators of the instruction; each slice of lanes
/// that arrives is one group of products for its columns.
class DotProductUnit : public sc_core::sc_module, public LaneIf {
  public:
    DotProductUnit(sc_core::sc_module_name name, const isa::Arithmetic& arithmetic,
                   numeric::Simd simd);

    sc_core::sc_export<LaneIf> lanes{"lanes"};

    /// Takes A and C of an instruction (a_registers() and c_registers() registers). `form_index`:
    /// in isa::mma_forms().
    void load(std::size_t form_index, std::span<const isa::LaneRegister* const> a,
              std::span<const isa::LaneRegister* const> c);

    /// Accumulates a slice: a group of products for some columns, or a whole instruction at once
    /// (fast).
    void drive(const LaneSlice& slice) override;

    /// Writes the accumulators as D: d_registers() registers.
    void store(std::span<isa::LaneRegister* const> d) const;

  private:
    void accumulate(const LaneSlice& slice);

    std::vector<numeric::MmaArithmetic> arithmetics_;  ///< one per form
    const isa::MmaForm* form_ = nullptr;
    const numeric::MmaArithmetic* arithmetic_ = nullptr;
    numeric::OperandFragment a_{};
    numeric::OperandFragment accumulators_[2]{};  ///< [current_] holds C, then D
    std::size_t current_ = 0;
};

}  // namespace sptc::tensor_core
