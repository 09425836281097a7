#include "traces/sanitize/barrier_phases.hpp"

#include <utility>

namespace sptc::sanitize {

std::optional<BarrierPhases::Arrival> BarrierPhases::arrive(const Arrival& arrival,
                                                            std::uint32_t alive_lanes) {
    std::shared_ptr<Phase>& current = current_[arrival.barrier];
    if (current == nullptr) current = std::make_shared<Phase>();
    const std::shared_ptr<Phase> phase = current;
    std::optional<Arrival> misfit;
    for (const Arrival& other : phase->arrivals) {
        if (other.threads != arrival.threads || other.reduces != arrival.reduces) misfit = other;
    }
    phase->arrivals.push_back(arrival);
    if (arrival.waits) {
        clocks_.sync_lanes(arrival.warp, alive_lanes, alive_lanes);
        waiting_[arrival.warp] = phase;
    }
    clocks_.release(arrival.warp, phase->clock);
    const std::uint32_t warps = arrival.threads / isa::kLanes;
    if (warps != 0 && phase->arrivals.size() >= warps) current = nullptr;
    return misfit;
}

void BarrierPhases::open(std::uint32_t warp, std::uint32_t alive_lanes) {
    const std::shared_ptr<Phase> phase = std::exchange(waiting_[warp], nullptr);
    // A barrier of the whole CTA also opens when warps end: the first to go on tells.
    for (std::shared_ptr<Phase>& current : current_) {
        if (current == phase) current = nullptr;
    }
    clocks_.acquire(warp, alive_lanes, phase->clock);
    if (phase->arrivals.front().threads == 0) clocks_.acquire(warp, alive_lanes, exits_);
    clocks_.sync_lanes(warp, alive_lanes, alive_lanes);
}

std::vector<BarrierPhases::Arrival> BarrierPhases::waiting() const {
    std::vector<Arrival> result;
    for (std::uint32_t warp = 0; warp < waiting_.size(); ++warp) {
        if (waiting_[warp] == nullptr) continue;
        for (const Arrival& arrival : waiting_[warp]->arrivals) {
            if (arrival.warp == warp && arrival.waits) result.push_back(arrival);
        }
    }
    return result;
}

}  // namespace sptc::sanitize
