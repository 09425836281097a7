#pragma once
#include <array>
#include <cstdint>
#include <systemc>

#include "models/base/cycle.hpp"
#include "models/isa/instruction.hpp"
#include "models/tensor_core/metadata_slice_if.hpp"

namespace sptc::tensor_core {

/// Expands 2:4 metadata into mux selects, slice by slice. A dense instruction selects each element
/// itself. The stage takes one sparse instruction per `interval_cycles`; dense ones do not occupy
/// it.
class MetadataDecoder : public sc_core::sc_module {
  public:
    MetadataDecoder(sc_core::sc_module_name name, int interval_cycles);

    sc_core::sc_port<MetadataSliceIf> selects{"selects"};

    /// When the stage can take the next sparse instruction.
    [[nodiscard]] base::Cycle free_at() const { return free_at_; }
    /// A new kernel: time starts at 0 again.
    void reset() { free_at_ = 0; }
    /// A sparse instruction issues.
    void occupy(base::Cycle now) { free_at_ = now + interval_cycles_; }

    /// Reads the metadata of an instruction from the lanes that `selector` names. `e` may be null
    /// when dense. Throws KernelError naming row, chunk and nibble when a nibble is not one of the
    /// six ordered codes.
    void load(const isa::MmaForm& form, const isa::LaneRegister* e, int selector);

    /// Expands the metadata of a slice of the loaded instruction and hands it to the operand
    /// selector.
    void decode(const Slice& slice);

  private:
    base::Cycle interval_cycles_;
    base::Cycle free_at_ = 0;
    /// Of each row of A the nibbles of all chunks, chunk 0 in the low bits.
    std::array<std::uint32_t, numeric::kRows> row_nibbles_{};
    SelectSlice selects_{};
};

}  // namespace sptc::tensor_core
