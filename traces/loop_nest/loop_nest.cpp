#include "traces/loop_nest/loop_nest.hpp"

#include <algorithm>

#include "models/base/error.hpp"

namespace sptc::loop_nest {

LoopNest::LoopNest(const Extents& extents, const variant::MachineSpec& spec, int k_logical,
                   std::uint64_t stored_a_bits)
    : extents_(extents), tile_m_(spec.tile_m), tile_n_(spec.tile_n), k_logical_(k_logical) {
    SPTC_ASSERT(extents.m > 0 && extents.n > 0 && extents.k > 0 && k_logical > 0);
    const std::uint64_t b_bits = static_cast<std::uint64_t>(extents.k) *
                                 static_cast<std::uint64_t>(spec.tile_n) * variant::kWordBits;
    a_stays_ = stored_a_bits + b_bits <=
               static_cast<std::uint64_t>(spec.shared_words) * variant::kWordBits;
    fill();
}

void LoopNest::advance() {
    step_.k += k_logical_;
    if (step_.k >= extents_.k) {
        step_.k = 0;
        step_.row += tile_m_;
    }
    if (step_.row >= extents_.m) {
        step_.row = 0;
        step_.column += tile_n_;
    }
    done_ = step_.column >= extents_.n;
    fill();
}

void LoopNest::fill() {
    step_.rows = std::min(tile_m_, extents_.m - step_.row);
    step_.columns = std::min(tile_n_, extents_.n - step_.column);
    step_.k_count = k_logical_;
    step_.a_from_dram = step_.column == 0 || !a_stays_;
    step_.b_from_dram = step_.row == 0;
    step_.ends_tile = step_.k + k_logical_ >= extents_.k;
}

}  // namespace sptc::loop_nest
