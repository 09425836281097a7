#pragma once
#include <span>
#include <string_view>

#include "models/isa/mma.hpp"

namespace sptc::isa {

/// The parameters of T-FDPA, the one floating-point operation of a tensor core: a truncated fused
/// dot-product-add of `group_bytes` worth of products and one addend. Only this table is shared by
/// the fast path and the reference. Source: MMA-Sim (arXiv 2511.10909) and the Leeds models (arXiv
/// 2512.07004), checked on A100 hardware outputs.
struct Arithmetic {
    std::string_view arch;  ///< "sm_80"
    int fraction_bits;      ///< F: terms are truncated to units of 2^(E - F)
    int group_bytes;        ///< L in bytes of (compressed) A: products summed in one group
    int e_zero_f32;         ///< floor of the common exponent E when D is f32
    int e_zero_f16;         ///< the same when D is f16
};

/// A non-zero negative sum that converts to zero (f16: at most 2^-25; f32: below 2^-149) gives -0,
/// as newer MMA-Sim has it; MMA-Sim v1.0 gives +0. OPEN: nobody has published what the hardware
/// does. A sum of exactly zero is always +0.
inline constexpr bool kNegativeUnderflowKeepsSign = true;

[[nodiscard]] std::span<const Arithmetic> arithmetics();

/// The row of an architecture. Throws ConfigError listing the known ones.
[[nodiscard]] const Arithmetic& find_arithmetic(std::string_view arch);

/// Products of one group: L counts stored elements of A, so a sparse instruction sums the same
/// number of executed products per group as a dense one (hypothesis H1; no vendor documents the
/// partition of mma.sp).
[[nodiscard]] inline int group_products(const Arithmetic& arithmetic, const MmaForm& form) {
    const int fitting = arithmetic.group_bytes * 8 / types::row(form.a).bits;
    return fitting < form.k_stored ? fitting : form.k_stored;
}

/// How many groups run one after another, k ascending; each result is converted to D's format and
/// is the next addend.
[[nodiscard]] inline int group_count(const Arithmetic& arithmetic, const MmaForm& form) {
    return form.k_stored / group_products(arithmetic, form);
}

}  // namespace sptc::isa
