#pragma once
#include <array>
#include <memory>
#include <vector>

#include "models/variant/machine_spec.hpp"
#include "models/variant/stored_rows.hpp"
#include "models/variant/strategy.hpp"

namespace sptc::variant {

inline constexpr int kRowWiseSpan = 4;                      ///< of N:4
inline constexpr std::array<int, 3> kRowWiseKept{1, 2, 4};  ///< the N that there are
/// Columns of A for which a row has one N. Derived: rows of independent zeros then gain what was
/// published, 2.36 at 90 % zeros and 3.28 at 95 %.
inline constexpr int kRowWiseColumns = 64;

/// Row-wise N:4 (VEGETA): every row of a tile is stored with the least N of 1, 2 and 4 that holds
/// the fullest of its groups of four. A pass of the array takes as many rows as its multipliers
/// cover, with one N. Rows of a tile are sorted by their N, so that those of a pass need about the
/// same; the pass takes the largest, and lanes of the other rows are gated.
class RowWiseStrategy : public Strategy {
  public:
    RowWiseStrategy(const Operands& operands, const MachineSpec& spec);

    [[nodiscard]] int k_logical() const override { return kRowWiseColumns; }
    [[nodiscard]] std::uint64_t stored_a_bits() const override;
    [[nodiscard]] Needs needs(const Step& step) const override;
    void execute(const Step& step, Int32Matrix& d) const override;

  private:
    [[nodiscard]] const GroupCode* code_for(int row, int first, int last) const;
    [[nodiscard]] const StoredRows& chunk(const Step& step) const {
        return *chunks_[static_cast<std::size_t>(step.k / kRowWiseColumns)];
    }

    const Int8Matrix& a_;
    const Int8Matrix& b_;
    const MachineSpec& spec_;
    std::vector<std::unique_ptr<GroupCode>> codes_;    ///< of kRowWiseKept
    std::vector<std::unique_ptr<StoredRows>> chunks_;  ///< of kRowWiseColumns columns of A
};

}  // namespace sptc::variant
