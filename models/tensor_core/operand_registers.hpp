#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/isa/mma.hpp"
#include "models/numeric/operand_fragment.hpp"

namespace sptc::tensor_core {

/// The matrices of one operand: [MmaForm::matrices()].
using OperandMatrices = std::array<numeric::OperandFragment, 4>;

// From the register file to the operand buffers and back. One matrix is copied as it lies; an f64
// register becomes two of 32 bits; the four matrices of m8n8k4 f16 are parted.
void load_a(const isa::MmaForm& form, const isa::MmaOperands& operands, OperandMatrices& a);
void load_b(const isa::MmaForm& form, const isa::MmaOperands& operands, OperandMatrices& b);
void load_c(const isa::MmaForm& form, const isa::MmaOperands& operands, OperandMatrices& c);
/// Registers ids[0 .. count - 1] of a register file.
void load_wide(const isa::LaneRegister* file, const std::int32_t* ids, int count,
               std::vector<isa::LaneRegister>& registers);
void store_d(const isa::MmaForm& form, const OperandMatrices& d, const isa::MmaOperands& operands);

}  // namespace sptc::tensor_core
