#pragma once
#include "models/variant/machine_spec.hpp"
#include "models/variant/step.hpp"

namespace sptc::loop_nest {

struct Extents {
    int m = 0;
    int n = 0;
    int k = 0;
};

/// The loop nest of a GEMM on an accelerator, as a source of tile steps: for each tile of columns,
/// for each tile of rows, for each k step. B of a tile of columns stays in the shared memory; so
/// does all of A when it fits beside it, else it comes from DRAM again for every tile of columns.
class LoopNest : public variant::StepSource {
  public:
    /// `k_logical`: columns of A in a step. `stored_a_bits`: of all of A.
    LoopNest(const Extents& extents, const variant::MachineSpec& spec, int k_logical,
             std::uint64_t stored_a_bits);

    [[nodiscard]] const variant::Step* peek() const override { return done_ ? nullptr : &step_; }
    void advance() override;

  private:
    void fill();

    Extents extents_;
    int tile_m_;
    int tile_n_;
    int k_logical_;
    bool a_stays_;
    bool done_ = false;
    variant::Step step_;
};

}  // namespace sptc::loop_nest
