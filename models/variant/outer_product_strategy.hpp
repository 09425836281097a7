#pragma once
#include <vector>

#include "models/variant/machine_spec.hpp"
#include "models/variant/strategy.hpp"

namespace sptc::variant {

/// Which operand of an outer product is condensed to quarters of a warp tile (8 of 32), the other
/// to halves (16 of 32).
enum class Quarters : std::uint8_t { kA, kB };

/// Dual-side sparse tensor core: for every k a column of A times a row of B, both stored as
/// bitmaps. Warp tiles are 32 x 32; an OHMMA multiplies 8 x 16 nonzeros, so a warp tile takes
/// ceil(popc / 8) * ceil(popc / 16) of them for each k, none when either side is empty. The
/// products are scattered into the accumulators by their coordinates, as fast as the accumulation
/// buffer takes them. Warp tiles go round the queues of the units (OuterProductSpec); a step ends
/// when every unit is done.
class OuterProductStrategy : public Strategy {
  public:
    OuterProductStrategy(const Operands& operands, const MachineSpec& spec, Quarters quarters);

    [[nodiscard]] int k_logical() const override { return spec_.k_step_stored; }
    [[nodiscard]] std::uint64_t stored_a_bits() const override;
    [[nodiscard]] Needs needs(const Step& step) const override;
    void execute(const Step& step, Int32Matrix& d) const override;

  private:
    /// What a step puts into one queue.
    struct Queue {
        std::uint64_t operations = 0;
        std::uint64_t products = 0;
    };

    [[nodiscard]] std::uint64_t operations(int a_nonzeros, int b_nonzeros) const;
    [[nodiscard]] std::uint64_t cycles(const Queue& queue) const;

    const Int8Matrix& a_;
    const Int8Matrix& b_;
    const MachineSpec& spec_;
    Quarters quarters_;
    int units_per_queue_;
    int queues_ = 1;
    Matrix<std::uint32_t> a_bitmap_;  ///< [M / 32 x K]: bit i is row 32 * block + i
    Matrix<std::uint32_t> b_bitmap_;  ///< [K x N / 32]
};

}  // namespace sptc::variant
