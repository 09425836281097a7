#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/isa/architecture.hpp"
#include "models/isa/dot_rule.hpp"
#include "models/isa/mma.hpp"

namespace sptc::reference {

/// The operands of one matrix instruction, raw little-endian, row-major without gaps; 4-bit and
/// 1-bit elements from the low bits of a byte up. The forms with several matrices have them one
/// after another.
struct MmaOperands {
    std::span<const std::byte> a;  ///< [matrices x M x k_stored]
    std::span<const std::byte> b;  ///< [matrices x k_logical x N]: row k, column n
    std::span<const std::byte> c;  ///< [matrices x M x N]
    std::span<const std::byte>
        e;  ///< [M x chunks] metadata nibbles, not reordered; empty when dense
};

/// What one mma or mma.sp instruction gives: D [matrices x M x N] in the order of C. Sizes that do
/// not fit the form are a bug of the caller (SPTC_ASSERT). Throws ConfigError when the architecture
/// lacks the form.
///
/// Sparse: nibble j of a row belongs to chunk j of the logical columns of A; its selects name the B
/// rows that the chunk's stored elements meet (PTX ISA, mma.sp). B values that no select names have
/// no effect at all. Selects are taken as they are: descending ones work; equal ones, undefined in
/// PTX, select one row twice.
[[nodiscard]] std::vector<std::byte> mma(const isa::MmaForm& form,
                                         const isa::Architecture& architecture,
                                         const MmaOperands& operands,
                                         isa::Partition partition = isa::kDefaultPartition);

}  // namespace sptc::reference
