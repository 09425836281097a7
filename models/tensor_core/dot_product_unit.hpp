#pragma once
#include <memory>
#include <optional>
#include <span>
#include <systemc>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/numeric/mma_arithmetic.hpp"
#include "models/numeric/wide_arithmetic.hpp"
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

    /// How a form is computed. `form_index`: isa::form_index(). nullptr when the architecture lacks
    /// the form, or when an extended one has not been prepared.
    [[nodiscard]] const isa::DotRule* rule(std::size_t form_index) const;
    /// Makes the datapath ready for an extended form.
    void prepare(const isa::MmaForm& form);

    /// Takes A and C of an instruction.
    void load(std::size_t form_index, const isa::MmaOperands& operands);

    /// Accumulates a slice: a group of products for some columns, or all of one matrix at once
    /// (fast).
    void drive(const LaneSlice& slice) override;

    /// Writes the accumulators as D.
    void store(const isa::MmaOperands& operands) const;

  private:
    std::vector<std::optional<numeric::MmaArithmetic>> arithmetics_;          ///< one per form
    std::vector<std::unique_ptr<numeric::WideArithmetic>> wide_arithmetics_;  ///< by extended_index
    const isa::Architecture& architecture_;
    const isa::MmaForm* form_ = nullptr;
    const numeric::MmaArithmetic* arithmetic_ = nullptr;
    const numeric::WideArithmetic* wide_arithmetic_ = nullptr;
    std::vector<isa::LaneRegister> wide_a_;  ///< A of an extended form
    OperandMatrices a_{};
    OperandMatrices c_{};
    OperandMatrices d_{};
};

}  // namespace sptc::tensor_core
