#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/isa/dot_rule.hpp"
#include "models/numeric/fdpa.hpp"
#include "models/numeric/mma_arithmetic.hpp"
#include "models/numeric/operand_fragment.hpp"

namespace sptc::numeric {

/// Which slot-row of B meets slot `slot` of row `row` of A, for the many slots of an extended form.
class WideRows {
  public:
    void resize(int slots) {
        slots_ = slots;
        rows_.resize(static_cast<std::size_t>(kMaxRows * slots));
    }
    [[nodiscard]] std::span<std::uint16_t> row(int row) {
        return std::span(rows_).subspan(static_cast<std::size_t>(row * slots_),
                                        static_cast<std::size_t>(slots_));
    }
    [[nodiscard]] std::span<const std::uint16_t> row(int row) const {
        return std::span(rows_).subspan(static_cast<std::size_t>(row * slots_),
                                        static_cast<std::size_t>(slots_));
    }

  private:
    int slots_ = 0;
    std::vector<std::uint16_t> rows_;
};

/// How one architecture computes an extended form: the same T-FDPA or integer sum as MmaArithmetic,
/// group by group, over operands of any number of registers.
class WideArithmetic {
  public:
    /// Throws ConfigError when the architecture lacks the types.
    WideArithmetic(const isa::Architecture& architecture, const isa::MmaForm& form);

    [[nodiscard]] const isa::DotRule& rule() const { return rule_; }

    /// Group `group` of some columns of D, as MmaArithmetic::group. `a`, `b`: the fragments'
    /// registers.
    void group(int group, ColumnRange columns, std::span<const isa::LaneRegister> a,
               std::span<const isa::LaneRegister> b, const WideRows& rows, const OperandFragment& c,
               OperandFragment& d) const;

  private:
    const isa::MmaForm& form_;
    isa::DotRule rule_;
    FdpaRule fdpa_;
};

}  // namespace sptc::numeric
