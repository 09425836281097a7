#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/isa/arithmetic.hpp"
#include "models/isa/mma.hpp"

namespace sptc::reference {

/// The operands of one matrix instruction, raw little-endian.
struct MmaOperands {
    std::span<const std::byte> a;  ///< [M x k_stored] row-major
    std::span<const std::byte> b;  ///< [K x N] row-major: row k, column n
    std::span<const std::byte> c;  ///< [M x N] row-major
    std::span<const std::byte>
        e;  ///< [M x words] 16-bit metadata words, not reordered; empty when dense
};

/// What one mma or mma.sp instruction gives: D [M x N] row-major, little-endian.
///
/// Sparse (2:4): nibble j of word w, at bits 4j+3:4j, belongs to columns 16w+4j .. 16w+4j+3 of A;
/// stored values 2j and 2j+1 of that word's eight meet the B rows that its low and high two bits
/// name (PTX ISA, mma.sp). B values that no index names have no effect at all. The two selects are
/// independent, as the one machine instruction behind both spellings of mma.sp suggests, so
/// descending indices work; equal ones are undefined in PTX and select one row twice.
[[nodiscard]] std::vector<std::byte> mma(const isa::MmaForm& form,
                                         const isa::Arithmetic& arithmetic,
                                         const MmaOperands& operands);

}  // namespace sptc::reference
