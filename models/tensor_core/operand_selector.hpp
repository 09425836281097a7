#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/tensor_core/lane_if.hpp"
#include "models/tensor_core/metadata_slice_if.hpp"
#include "models/tensor_core/operand_registers.hpp"
#include "models/tensor_core/tensor_core_spec.hpp"

namespace sptc::tensor_core {

/// "lane[3][5][1]": the multiplier lane of a row, a slot of the group and a column of the pass.
[[nodiscard]] std::string lane_name(int row, int slot, int column);

/// The mux in front of every multiplier lane. Holds B of the instruction, receives the selects of a
/// slice and drives its lanes. A mux of a sparse instruction sees the elements of its slot's chunk
/// (four, or two for 1:2; M of an extended N:M form), one of a dense instruction its slot's aligned
/// four.
class OperandSelector : public sc_core::sc_module, public MetadataSliceIf {
  public:
    OperandSelector(sc_core::sc_module_name name, std::vector<SwappedMuxInputs> faults,
                    int group_products);

    sc_core::sc_export<MetadataSliceIf> selects{"selects"};
    sc_core::sc_port<LaneIf> lanes{"lanes"};

    /// Takes B of an instruction.
    void load(const isa::MmaForm& form, const isa::MmaOperands& operands);

    /// Counts values of B fetched for a pass.
    void fetch(int b_values) { b_values_fetched_ += static_cast<std::uint64_t>(b_values); }
    void reset_statistics() { b_values_fetched_ = 0; }
    [[nodiscard]] std::uint64_t b_values_fetched() const { return b_values_fetched_; }

    void select(const SelectSlice& slice) override;

  private:
    void select_rows(const SelectSlice& slice);
    void select_wide_rows(const SelectSlice& slice);
    void apply_faults(const SelectSlice& slice);

    std::vector<SwappedMuxInputs> faults_;
    OperandMatrices b_{};
    std::vector<isa::LaneRegister> wide_b_;  ///< of an extended form
    numeric::WideRows wide_rows_;
    LaneSlice lanes_{};
    bool dense_ = false;  ///< lanes_.rows holds those of a dense instruction, in all slots
    std::uint64_t b_values_fetched_ = 0;
};

}  // namespace sptc::tensor_core
