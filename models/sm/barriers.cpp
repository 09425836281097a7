#include "models/sm/barriers.hpp"

#include <algorithm>

namespace sptc::sm {

using base::Cycle;
using base::kNever;

void Barriers::tick(Cycle now) {
    if (arrivals_.empty() || unit_free_ > now) return;
    const BarrierArrival arrival = arrivals_.front();
    arrivals_.pop_front();
    unit_free_ = now + spec_.arrival_cycles;
    State& state = states_[arrival.cta_slot][arrival.barrier];
    if (state.arrived == 0) state.first_arrival = now;
    if (arrival.waits) state.warps.push_back(arrival.warp);
    ++state.arrived;
    state.expected_warps = arrival.expected_warps;
    state.whole_cta = arrival.whole_cta;
    if (state.arrived >= state.expected_warps) release(arrival.cta_slot, arrival.barrier, now);
}

void Barriers::warp_exited(std::uint32_t cta_slot, std::uint32_t remaining_warps, Cycle now) {
    for (std::uint32_t barrier = 0; barrier < kBarriersPerCta; ++barrier) {
        State& state = states_[cta_slot][barrier];
        if (state.arrived == 0 || !state.whole_cta) continue;
        state.expected_warps = std::min(state.expected_warps, remaining_warps);
        if (state.arrived >= state.expected_warps) release(cta_slot, barrier, now);
    }
    for (BarrierArrival& arrival : arrivals_) {
        if (arrival.cta_slot == cta_slot && arrival.whole_cta) {
            arrival.expected_warps = std::min(arrival.expected_warps, remaining_warps);
        }
    }
}

void Barriers::release(std::uint32_t cta_slot, std::uint32_t barrier, Cycle now) {
    State& state = states_[cta_slot][barrier];
    if (timeline_ != nullptr) {
        timeline_->barrier(cta_slot, barrier, state.arrived, state.first_arrival,
                           now + spec_.release_cycles);
    }
    for (const std::uint32_t warp : state.warps) {
        listener_.barrier_released(warp, now + spec_.release_cycles);
    }
    state.warps.clear();
    state.arrived = 0;
}

Cycle Barriers::due(Cycle now) const {
    return arrivals_.empty() ? kNever : std::max(unit_free_, now + 1);
}

}  // namespace sptc::sm
