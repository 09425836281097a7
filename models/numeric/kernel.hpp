#pragma once
#include <cstdint>

#include "models/isa/dot_rule.hpp"
#include "models/numeric/simd.hpp"

namespace sptc::numeric {

/// How a fast kernel takes floating-point operands apart.
enum class FloatFormat : std::uint8_t {
    kF16,
    kBf16,
    kTf32,
    kE5m2,        ///< native, and widened to f16: both have the same exponents
    kE4m3,        ///< native: subnormals have exponent -6
    kE4m3Widened  ///< as f16, where they are normal numbers
};

/// What a fast kernel needs to know about one form of one architecture. Plain members only: the
/// kernels are compiled for wider machines and must not share inline functions.
struct KernelPlan {
    isa::DotKind dot;
    int m;
    int slots;    ///< of a row of A
    int b_slots;  ///< of a column of B
    bool sparse;

    // Floating point.
    FloatFormat a;
    FloatFormat b;
    bool c_f16;  ///< else f32
    bool d_f16;
    int fraction_bits;       ///< F
    int e_zero;              ///< floor of the common exponent
    std::uint32_t f32_mask;  ///< bits of an f32 result that survive
    int products;            ///< of a group
    bool addend_last;
    std::uint8_t order[isa::kMaxSlots];
    bool in_order;  ///< order is 0, 1, 2, ...

    isa::Rounding rounding;  ///< of f64

    // Integers.
    int element_bits;
    bool a_signed;
    bool b_signed;
    bool saturating;
};

[[nodiscard]] KernelPlan kernel_plan(const isa::MmaForm& form, const isa::DotRule& rule);

/// Register fragments as bytes (OperandFragment) and the selected slot-rows (SelectedRows). D may
/// be C.
struct KernelOperands {
    const char* a;
    const char* b;
    const std::uint8_t (*rows)[isa::kMaxSlots];
    const char* c;
    char* d;
};

/// One whole matrix instruction.
using Kernel = void (*)(const KernelPlan&, const KernelOperands&);
/// The kernel for a plan.
using KernelSelect = Kernel (*)(const KernelPlan&);

/// The kernels of a level; nullptr when they were not compiled in.
[[nodiscard]] KernelSelect kernels(Simd level);

/// The three builds of kernels_body.hpp.
extern const KernelSelect kKernelsPortable;
extern const KernelSelect kKernelsAvx2;
extern const KernelSelect kKernelsAvx512;

}  // namespace sptc::numeric
