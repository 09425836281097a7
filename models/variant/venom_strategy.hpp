#pragma once
#include <array>
#include <vector>

#include "models/variant/group_code.hpp"
#include "models/variant/machine_spec.hpp"
#include "models/variant/strategy.hpp"

namespace sptc::variant {

inline constexpr int kVenomColumns = 4;  ///< kept of every M, for a block of V rows

/// Prunes A to V:2:M: of every M columns of a block of V rows the four that keep most magnitude
/// (tried exhaustively), then two of the four in each row.
void prune_venom(Int8Matrix& a, int block_rows, Ratio ratio);

/// V:N:M on an unmodified 2:4 datapath: a block of V rows names the four columns of every M that it
/// uses (column-loc, 8 bits each), and the 2:4 metadata choose among these. Rows of B are gathered
/// through column-loc. Eight rows of B, one of each bank group, come in a wavefront; rows of one
/// bank group come one after another.
class VenomStrategy : public Strategy {
  public:
    /// Throws ConfigError when A does not fit.
    VenomStrategy(const Operands& operands, const MachineSpec& spec, int block_rows, Ratio ratio);

    [[nodiscard]] int k_logical() const override { return groups_per_step_ * m_; }
    [[nodiscard]] std::uint64_t stored_a_bits() const override;
    [[nodiscard]] Needs needs(const Step& step) const override;
    void execute(const Step& step, Int32Matrix& d) const override;

  private:
    using Columns = std::array<std::uint8_t, kVenomColumns>;
    struct Group {
        std::uint64_t code;
        std::array<std::int8_t, 2> values;
    };

    void store_block(const Int8Matrix& a, int block);
    [[nodiscard]] int first_group(const Step& step) const { return step.k / m_; }
    [[nodiscard]] int last_group(const Step& step) const;
    [[nodiscard]] std::uint64_t wavefronts(const Step& step, int block) const;

    const Int8Matrix& b_;
    const MachineSpec& spec_;
    int block_rows_;
    int m_;
    int rows_;
    int groups_;  ///< of M columns in a row
    int groups_per_step_;
    CoordinateCode code_;                           ///< 2:4
    std::vector<std::vector<Columns>> column_loc_;  ///< [block][group]
    std::vector<std::vector<Group>> stored_;        ///< [row][group]
};

}  // namespace sptc::variant
