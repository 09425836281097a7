#pragma once
#include <memory>

#include "models/variant/machine_spec.hpp"
#include "models/variant/stored_rows.hpp"
#include "models/variant/strategy.hpp"

namespace sptc::variant {

/// How B comes out of the shared memory.
enum class BFormat : std::uint8_t {
    kPlain,  ///< every element
    kBitmap  ///< the nonzero elements and a bit for every element
};

/// Stored bits of rows [k, k + count) and some columns of B, padded with zeros beyond its rows.
void add_b_bits(Needs& needs, BFormat format, const Int8Matrix& b, const Step& step);

/// The family of Ampere's sparse tensor core: stored elements of A stand in the lanes, a mux in
/// front of each selects its element of B among the `span` of its group. A step takes k_step_stored
/// elements of every row; every stored element costs a lane, zero or not.
class GatherStrategy : public Strategy {
  public:
    GatherStrategy(const Operands& operands, const MachineSpec& spec,
                   std::unique_ptr<GroupCode> code, BFormat b_format = BFormat::kPlain);

    [[nodiscard]] int k_logical() const override;
    [[nodiscard]] std::uint64_t stored_a_bits() const override { return a_.bits(); }
    [[nodiscard]] Needs needs(const Step& step) const override;
    void execute(const Step& step, Int32Matrix& d) const override;

  private:
    const Int8Matrix& b_;
    const MachineSpec& spec_;
    std::unique_ptr<GroupCode> code_;
    BFormat b_format_;
    StoredRows a_;
    int groups_per_step_;
};

}  // namespace sptc::variant
