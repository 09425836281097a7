#pragma once
#include <array>
#include <cstdint>
#include <systemc>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/isa/instruction.hpp"
#include "models/tensor_core/metadata_slice_if.hpp"

namespace sptc::tensor_core {

/// Expands metadata into mux selects, slice by slice. A dense instruction selects each element
/// itself. The stage takes one sparse instruction per `interval_cycles`; dense ones do not occupy
/// it.
class MetadataDecoder : public sc_core::sc_module {
  public:
    MetadataDecoder(sc_core::sc_module_name name, int interval_cycles, isa::MetadataMode mode);

    sc_core::sc_port<MetadataSliceIf> selects{"selects"};

    /// When the stage can take the next sparse instruction.
    [[nodiscard]] base::Cycle free_at() const { return free_at_; }
    /// A new kernel: time starts at 0 again.
    void reset() { free_at_ = 0; }
    /// A sparse instruction issues.
    void occupy(base::Cycle now) { free_at_ = now + interval_cycles_; }

    /// Reads the metadata of an instruction from the lanes that its selector names. `operands.e`
    /// may be null when dense. In strict mode throws KernelError naming row, chunk and nibble when
    /// a code is not one that the instruction takes; that of an extended form always has to be.
    void load(const isa::Instruction& instruction, const isa::DotRule& rule,
              const isa::MmaOperands& operands);

    // For waveforms, of the loaded instruction.
    /// The codes of a row of A, chunk 0 in the low bits; no meaning when dense.
    [[nodiscard]] std::uint64_t codes(int row) const {
        return row_codes_[static_cast<std::size_t>(row)];
    }
    /// The selects of a row in the slots of a group, which have been decoded.
    [[nodiscard]] std::vector<std::uint8_t> selects_of(int row, int group) const;

    /// Expands the metadata of a slice of the loaded instruction and hands it to the operand
    /// selector.
    void decode(const Slice& slice);

  private:
    void select_dense();
    void read_codes(const isa::MmaForm& form, int selector, const isa::LaneRegister& e);
    void read_groups(const isa::MmaForm& form, int selector, const isa::WideOperands& operands);
    void check_codes(const isa::MmaForm& form, isa::MetadataOrdering ordering) const;

    base::Cycle interval_cycles_;
    isa::MetadataMode mode_;
    base::Cycle free_at_ = 0;
    /// Of each row of A the codes of all chunks, chunk 0 in the low bits.
    std::array<std::uint64_t, numeric::kMaxRows> row_codes_{};
    SelectSlice selects_{};
    std::vector<std::uint8_t> wide_selects_;  ///< of an extended form
    bool dense_ = false;  ///< selects_ holds those of a dense instruction, in all slots
};

}  // namespace sptc::tensor_core
