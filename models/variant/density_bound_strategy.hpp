#pragma once
#include "models/variant/machine_spec.hpp"
#include "models/variant/stored_rows.hpp"
#include "models/variant/strategy.hpp"

namespace sptc::variant {

/// Keeps the n largest |b| of every m rows of each column: what dynamic pruning does to activations
/// on their way into the array.
void prune_activations(Int8Matrix& b, Ratio ratio);

/// Density-bound blocks, unrolled in time (S2TA). Every block of M weights keeps at most as many as
/// the first ratio says, every block of M activations as the second; both are stored with a
/// bitmask. A multiplier takes a pair of blocks, one kept activation a cycle: the mask of the
/// weights says whether there is a weight at its place, and a mux selects it; where there is none,
/// the multiplier is gated. So a pair takes as many cycles as activations are kept, and zero
/// weights save energy and bandwidth, not time.
class DensityBoundStrategy : public Strategy {
  public:
    /// Both ratios of one M. Throws ConfigError when an operand does not fit.
    DensityBoundStrategy(const Operands& operands, const MachineSpec& spec, Ratio weights,
                         Ratio activations);

    [[nodiscard]] int k_logical() const override { return blocks_per_step_ * a_.span(); }
    [[nodiscard]] std::uint64_t stored_a_bits() const override { return a_.bits(); }
    [[nodiscard]] Needs needs(const Step& step) const override;
    void execute(const Step& step, Int32Matrix& d) const override;

  private:
    [[nodiscard]] int first_block(const Step& step) const { return step.k / a_.span(); }
    [[nodiscard]] int last_block(const Step& step) const;
    [[nodiscard]] std::int32_t dot(int row, int column, int block) const;

    const MachineSpec& spec_;
    BitmaskCode weight_code_;
    BitmaskCode activation_code_;
    StoredRows a_;
    StoredRows b_;  ///< its rows are the columns of B
    int blocks_per_step_;
};

}  // namespace sptc::variant
