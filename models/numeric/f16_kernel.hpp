#pragma once
#include "models/numeric/fdpa.hpp"
#include "models/numeric/operand_fragment.hpp"
#include "models/numeric/simd.hpp"

namespace sptc::numeric {

/// Products of one group that the fast f16 kernels are written for.
inline constexpr int kF16GroupProducts = 8;

/// One whole m16n8 instruction on f16 operands.
struct F16Problem {
    const FdpaRule& rule;
    int k_stored;   ///< 8 or 16: one or two groups
    int k_logical;  ///< rows of B: 8, 16 or 32
    const OperandFragment& a;
    const OperandFragment& b;
    const SelectedRows& rows;
    const OperandFragment& c;
    OperandFragment& d;  ///< not c
};

using F16Kernel = void (*)(const F16Problem&);

/// May the fast kernels compute this? They sum 8 products and c in 32-bit lanes: a product is below
/// 2^(F+2), so the sum stays below 2^31 for F <= 25, and they rely on e_zero being below every f32
/// exponent when D is f32.
[[nodiscard]] bool f16_kernel_applies(const FdpaRule& rule, int group_products);

/// The kernel of a level; nullptr when it was not compiled in.
[[nodiscard]] F16Kernel f16_kernel(Simd level);

/// Computes one group of one element of D for the kernels, for any values (defined once, without
/// machine flags).
[[nodiscard]] std::uint32_t f16_group_scalar(const F16Problem& problem, int row, int column,
                                             int first_slot, std::uint32_t c);

/// The three builds of f16_kernel_body.hpp.
extern const F16Kernel kF16KernelPortable;
extern const F16Kernel kF16KernelAvx2;
extern const F16Kernel kF16KernelAvx512;

}  // namespace sptc::numeric
