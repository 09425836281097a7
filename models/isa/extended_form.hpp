#pragma once
#include <cstddef>

#include "models/isa/mma.hpp"
#include "models/sparsity/index_format.hpp"

namespace sptc::isa {

// Extended forms: mma.sp.sptc::nNmM[::FORMAT], an N:M instruction of hardware that does not exist
// (docs/nm.md). The fragments of A [16 x k_stored], B [k_logical x 8], C and D are those of a dense
// form of these extents, with as many registers as that takes; k_stored = k_logical * N / M. Only
// the simulator executes them. A form is made when it is first asked for, and kept.

/// What makes an extended form.
struct ExtendedKey {
    const sparsity::Pattern* pattern;
    sparsity::IndexFormat format;
    types::DataType a, b;
    types::DataType accumulator;  ///< of C and D
    bool saturating = false;
};

/// Registers of a lane that hold B in the largest form: a warp has no more to spare.
inline constexpr int kMaxExtendedBRegisters = 32;

/// Most groups of one instruction that its k_logical may be a multiple of: groups whose stored and
/// whose logical elements both fill 16 bytes of a row, which is what the fragments are made of.
[[nodiscard]] int extended_group_step(const sparsity::Pattern& pattern, types::DataType a);

/// The k_logical that kernels use: the smallest step, doubled while a row of A stores less than 32
/// bytes (as m16n8k32 of f16 does) and B does not pass kMaxExtendedBRegisters.
[[nodiscard]] int extended_k(const sparsity::Pattern& pattern, types::DataType a);

/// The form. Throws ConfigError when there is none of these types, or k_logical is not a multiple
/// of the step or makes B pass kMaxExtendedBRegisters, listing what is legal.
[[nodiscard]] const MmaForm& extended_form(const ExtendedKey& key, int k_logical);

/// The form of an ExtendedKey and extended_k().
[[nodiscard]] const MmaForm& extended_form(const ExtendedKey& key);

/// The extended form of a number (MmaForm::extended_index).
[[nodiscard]] const MmaForm& extended_form_at(std::size_t index);

}  // namespace sptc::isa
