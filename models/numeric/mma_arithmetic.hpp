#pragma once
#include <cstdint>
#include <span>

#include "models/numeric/f16_kernel.hpp"
#include "models/numeric/fdpa.hpp"
#include "models/numeric/operand_fragment.hpp"

namespace sptc::numeric {

/// How one architecture computes one form of the matrix instruction: a chain of groups, k
/// ascending, each converted to D's type before it is the addend of the next.
class MmaArithmetic {
  public:
    MmaArithmetic(const isa::Arithmetic& arithmetic, const isa::MmaForm& form, Simd simd);

    [[nodiscard]] int group_products() const { return group_products_; }
    [[nodiscard]] int groups() const { return groups_; }

    /// One group of one element of D; a, b: group_products() elements each, as raw bits.
    [[nodiscard]] std::uint32_t group(std::span<const std::uint32_t> a,
                                      std::span<const std::uint32_t> b, std::uint32_t c) const {
        return fused_dot_product_add(rule_, a, b, c);
    }

    /// The whole instruction; uses a fast kernel where one applies.
    void instruction(const OperandFragment& a, const OperandFragment& b, const SelectedRows& rows,
                     const OperandFragment& c, OperandFragment& d) const;

    /// The same, one element after another with the scalar arithmetic.
    void instruction_scalar(const OperandFragment& a, const OperandFragment& b,
                            const SelectedRows& rows, const OperandFragment& c,
                            OperandFragment& d) const;

  private:
    FdpaRule rule_;
    int k_stored_;
    int k_logical_;
    int group_products_;
    int groups_;
    F16Kernel f16_kernel_ = nullptr;  ///< where it applies
};

}  // namespace sptc::numeric
