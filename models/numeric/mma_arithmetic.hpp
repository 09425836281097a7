#pragma once
#include <memory>

#include "models/isa/dot_rule.hpp"
#include "models/numeric/operand_fragment.hpp"
#include "models/numeric/simd.hpp"

namespace sptc::numeric {

/// Columns of D that one step of the datapath works on.
struct ColumnRange {
    int first;
    int count;
};

/// How one architecture computes one matrix of one form of the matrix instruction, from register
/// fragments to register fragments. Two ways that give the same bits: whole instructions, with the
/// fast kernel of a SIMD level, and group by group, one element after another.
class MmaArithmetic {
  public:
    /// Throws ConfigError when the architecture lacks the form.
    MmaArithmetic(const isa::Architecture& architecture, const isa::MmaForm& form,
                  isa::Partition partition, Simd simd);
    MmaArithmetic(MmaArithmetic&&) noexcept;
    ~MmaArithmetic();

    [[nodiscard]] const isa::DotRule& rule() const;

    /// D = A . B + C of one matrix. `rows`: of each slot of A the slot-row of B that it meets.
    void instruction(const OperandFragment& a, const OperandFragment& b, const SelectedRows& rows,
                     const OperandFragment& c, OperandFragment& d) const;

    /// Group `group` (0 .. rule().groups - 1, in this order) of some columns of D. `d` carries the
    /// running sums from group to group: group 0 begins it from `c`, the last leaves D. Only rows
    /// of slots in rule().group(group) are read.
    void group(int group, ColumnRange columns, const OperandFragment& a, const OperandFragment& b,
               const SelectedRows& rows, const OperandFragment& c, OperandFragment& d) const;

  private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace sptc::numeric
