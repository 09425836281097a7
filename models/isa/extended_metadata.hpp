#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/isa/mma.hpp"

namespace sptc::isa {

// Metadata of an extended form in registers. Quad g has the bits of row g, then at once those of
// row g + 8, low bits first in words of 32. With L = form.metadata_lanes() lanes, word w is in
// register w / L of lane 4g + selector * L + w % L.

/// Puts un-reordered metadata (form.metadata_bytes_per_row() bytes for each of the 16 rows of A)
/// into form.metadata_registers() registers; lanes that the selector does not name keep what they
/// hold.
void metadata_to_registers(const MmaForm& form, int selector, std::span<const std::byte> metadata,
                           std::span<LaneRegister> e);

/// The inverse for one row of A: form.metadata_bytes_per_row() bytes.
[[nodiscard]] std::vector<std::byte> metadata_of_row(const MmaForm& form, int selector,
                                                     std::span<const LaneRegister> e, int row);

}  // namespace sptc::isa
