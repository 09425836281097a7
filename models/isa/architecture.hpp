#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "models/isa/mma.hpp"

namespace sptc::isa {

/// The parameters of T-FDPA, the one floating-point operation of a tensor core: a truncated fused
/// dot-product-add of one group of products and one addend.
struct FdpaParameters {
    int fraction_bits;           ///< F: terms are truncated to units of 2^(E - F)
    int group_bytes;             ///< L in bytes of (stored) A: products summed in one group
    int e_zero_f32;              ///< floor of the common exponent E when D is f32
    int e_zero_f16;              ///< the same when D is f16
    int f32_fraction_bits = 23;  ///< fraction bits of an f32 result that survive
};

/// An e_zero that no term lies below: it decides nothing.
inline constexpr int kInertExponent = -1000;

/// How an architecture executes fp8 (e4m3, e5m2) matrix instructions.
enum class Fp8Path : std::uint8_t {
    kAbsent,
    kNative,    ///< QMMA
    kEmulated,  ///< widened to f16: two HMMA one after the other, then one add of C
};

/// One row of the architecture table. Sources: MMA-Sim (arXiv 2511.10909), the Leeds models (arXiv
/// 2512.07004), hardware outputs replayed by tests; docs/numerics.md says what is proven where.
struct Architecture {
    std::string_view name;    ///< "sm_80"
    std::string_view family;  ///< "ampere"
    int number;               ///< 80
    FdpaParameters fdpa;      ///< f16, bf16, tf32
    Fp8Path fp8_path;
    FdpaParameters fp8;  ///< where native
};

/// wgmma with fp8 operands on Hopper: no form of this table, but measured outputs of it exist.
inline constexpr FdpaParameters kHopperWgmmaFp8{13, 32, kInertExponent, kInertExponent, 13};

/// A non-zero negative sum that converts to zero (f16: at most 2^-25; f32: below 2^-149) gives -0,
/// as newer MMA-Sim has it; MMA-Sim v1.0 gives +0. OPEN: nobody has published what the hardware
/// does. A sum of exactly zero is always +0.
inline constexpr bool kNegativeUnderflowKeepsSign = true;

[[nodiscard]] std::span<const Architecture> architectures();

/// The row of an architecture. Throws ConfigError listing the known ones.
[[nodiscard]] const Architecture& find_architecture(std::string_view name);

/// Does the architecture execute this form with the known arithmetic?
[[nodiscard]] bool has_form(const Architecture& architecture, const MmaForm& form);

/// Throws ConfigError when the architecture lacks the form; lists what it has instead.
void require_form(const Architecture& architecture, const MmaForm& form);

}  // namespace sptc::isa
