#pragma once
#include <optional>
#include <span>
#include <systemc>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/numeric/mma_arithmetic.hpp"
#include "models/tensor_core/lane_if.hpp"
#include "models/tensor_core/operand_registers.hpp"

namespace sptc::tensor_core {

/// The multipliers and adders. Holds A, C and the accumulators of the instruction; each slice of
/// lanes that arrives is one group of products for its columns.
class DotProductUnit : public sc_core::sc_module, public LaneIf {
  public:
    DotProductUnit(sc_core::sc_module_name name, const isa::Architecture& architecture,
                   isa::Partition partition, numeric::Simd simd);

    sc_core::sc_export<LaneIf> lanes{"lanes"};

    /// How a form is computed. `form_index`: in isa::mma_forms(). nullptr when the architecture
    /// lacks the form.
    [[nodiscard]] const isa::DotRule* rule(std::size_t form_index) const;

    /// Takes A and C of an instruction.
    void load(std::size_t form_index, const isa::MmaOperands& operands);

    /// Accumulates a slice: a group of products for some columns, or all of one matrix at once
    /// (fast).
    void drive(const LaneSlice& slice) override;

    /// Writes the accumulators as D.
    void store(const isa::MmaOperands& operands) const;

  private:
    std::vector<std::optional<numeric::MmaArithmetic>> arithmetics_;  ///< one per form
    const isa::MmaForm* form_ = nullptr;
    const numeric::MmaArithmetic* arithmetic_ = nullptr;
    OperandMatrices a_{};
    OperandMatrices c_{};
    OperandMatrices d_{};
};

}  // namespace sptc::tensor_core
