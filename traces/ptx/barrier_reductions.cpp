#include "traces/ptx/barrier_reductions.hpp"

#include <utility>

namespace sptc::ptx {

void BarrierReductions::arrive(std::uint32_t barrier, std::uint32_t expected_warps) {
    Phase& phase = phases_[barrier];
    ++phase.arrived_warps;
    // A barrier of the whole CTA also opens when warps exit: its first reader completes it.
    if (expected_warps != 0 && phase.arrived_warps >= expected_warps) complete(phase);
}

void BarrierReductions::give(std::uint32_t barrier, std::uint32_t warp, Result part) {
    Phase& phase = phases_[barrier];
    phase.sum.holding += part.holding;
    phase.sum.threads += part.threads;
    phase.readers.push_back(warp);
}

BarrierReductions::Result BarrierReductions::take(std::uint32_t barrier, std::uint32_t warp) {
    if (warp >= results_.size() || !results_[warp]) complete(phases_[barrier]);
    if (warp >= results_.size()) results_.resize(warp + 1);
    return std::exchange(results_[warp], std::nullopt).value_or(Result{});
}

void BarrierReductions::complete(Phase& phase) {
    for (const std::uint32_t warp : phase.readers) {
        if (warp >= results_.size()) results_.resize(warp + 1);
        results_[warp] = phase.sum;
    }
    phase = {};
}

}  // namespace sptc::ptx
