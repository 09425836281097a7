#include "models/numeric/mma_arithmetic.hpp"

#include <array>

#include "models/base/error.hpp"

namespace sptc::numeric {

MmaArithmetic::MmaArithmetic(const isa::Arithmetic& arithmetic, const isa::MmaForm& form, Simd simd)
    : rule_(fdpa_rule(arithmetic, form)),
      k_stored_(form.k_stored),
      k_logical_(form.k_logical),
      group_products_(isa::group_products(arithmetic, form)),
      groups_(isa::group_count(arithmetic, form)) {
    SPTC_ASSERT(form.m == kRows && form.n == kColumns && form.k_stored <= kMaxSlots);
    SPTC_ASSERT(form.c == form.d);  // a result is the next group's addend
    if (f16_kernel_applies(rule_, group_products_)) f16_kernel_ = f16_kernel(simd);
}

void MmaArithmetic::instruction(const OperandFragment& a, const OperandFragment& b,
                                const SelectedRows& rows, const OperandFragment& c,
                                OperandFragment& d) const {
    if (f16_kernel_ == nullptr) {
        instruction_scalar(a, b, rows, c, d);
    } else {
        f16_kernel_({rule_, k_stored_, k_logical_, a, b, rows, c, d});
    }
}

void MmaArithmetic::instruction_scalar(const OperandFragment& a, const OperandFragment& b,
                                       const SelectedRows& rows, const OperandFragment& c,
                                       OperandFragment& d) const {
    const auto products = static_cast<std::size_t>(group_products_);
    std::array<std::uint32_t, kMaxSlots> a_values;
    std::array<std::uint32_t, kMaxSlots> b_values;
    for (int row = 0; row < kRows; ++row) {
        for (int column = 0; column < kColumns; ++column) {
            std::uint32_t sum = c_element(c, types::bits(rule_.c), row, column);
            for (int slot = 0; slot < k_stored_; slot += group_products_) {
                for (int i = 0; i < group_products_; ++i) {
                    const int k =
                        rows.row[static_cast<std::size_t>(row)][static_cast<std::size_t>(slot + i)];
                    const auto at = static_cast<std::size_t>(i);
                    a_values[at] = a_element(a, types::bits(rule_.a), row, slot + i);
                    b_values[at] = b_element(b, types::bits(rule_.b), k, column);
                }
                sum = group({a_values.data(), products}, {b_values.data(), products}, sum);
            }
            set_d_element(d, types::bits(rule_.d), row, column, sum);
        }
    }
}

}  // namespace sptc::numeric
