#include "models/numeric/f16_kernel.hpp"

#include <array>

namespace sptc::numeric {

using types::DataType;

bool f16_kernel_applies(const FdpaRule& rule, int group_products) {
    constexpr int kSmallestF32Exponent = -126;
    if (rule.a != DataType::kF16 || rule.b != DataType::kF16 || rule.c != rule.d) return false;
    if (group_products != kF16GroupProducts || rule.fraction_bits > 25) return false;
    if (rule.d == DataType::kF32) return rule.e_zero <= kSmallestF32Exponent;
    return rule.d == DataType::kF16 && rule.e_zero >= -64;
}

std::uint32_t f16_group_scalar(const F16Problem& problem, int row, int column, int first_slot,
                               std::uint32_t c) {
    constexpr int kF16Bits = 16;
    std::array<std::uint32_t, kF16GroupProducts> a;
    std::array<std::uint32_t, kF16GroupProducts> b;
    for (int i = 0; i < kF16GroupProducts; ++i) {
        const int slot = first_slot + i;
        const int k =
            problem.rows.row[static_cast<std::size_t>(row)][static_cast<std::size_t>(slot)];
        a[static_cast<std::size_t>(i)] = a_element(problem.a, kF16Bits, row, slot);
        b[static_cast<std::size_t>(i)] = b_element(problem.b, kF16Bits, k, column);
    }
    return fused_dot_product_add(problem.rule, a, b, c);
}

F16Kernel f16_kernel(Simd level) {
    switch (level) {
        case Simd::kPortable:
            return kF16KernelPortable;
        case Simd::kAvx2:
            return kF16KernelAvx2;
        case Simd::kAvx512:
            return kF16KernelAvx512;
    }
    return nullptr;
}

}  // namespace sptc::numeric
