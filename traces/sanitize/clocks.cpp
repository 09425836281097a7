#include "traces/sanitize/clocks.hpp"

#include <algorithm>
#include <bit>

namespace sptc::sanitize {
namespace {

template <class Visit>
void for_each_lane(std::uint32_t mask, Visit&& visit) {
    for (; mask != 0; mask &= mask - 1) visit(static_cast<std::size_t>(std::countr_zero(mask)));
}

}  // namespace

Clocks::Clocks(std::uint32_t warps)
    : epochs_(warps, 1), known_(warps, Clock(warps, 0)), synced_(warps, 0), lanes_(warps) {}

bool Clocks::lanes_ordered(std::uint32_t warp, std::uint32_t lanes, std::uint32_t epoch,
                           std::uint32_t lane) const {
    if (lanes_[warp] == nullptr) return false;
    const auto& known = (*lanes_[warp])[lane];
    bool all = true;
    for_each_lane(lanes, [&](std::size_t other) { all = all && epoch < known[other]; });
    return all;
}

Clocks::LaneMatrix& Clocks::matrix(std::uint32_t warp) {
    if (lanes_[warp] == nullptr) {
        lanes_[warp] = std::make_unique<LaneMatrix>();
        for (auto& row : *lanes_[warp]) row.fill(synced_[warp]);
    }
    return *lanes_[warp];
}

void Clocks::release(std::uint32_t warp, Clock& object) {
    object.resize(warps(), 0);
    for (std::uint32_t other = 0; other < warps(); ++other) {
        object[other] = std::max(object[other], known_[warp][other]);
    }
    object[warp] = ++epochs_[warp];
}

void Clocks::acquire(std::uint32_t warp, std::uint32_t mask, const Clock& object) {
    if (object.empty()) return;
    for (std::uint32_t other = 0; other < warps(); ++other) {
        if (other != warp) known_[warp][other] = std::max(known_[warp][other], object[other]);
    }
    if (object[warp] <= synced_[warp]) return;
    LaneMatrix& known = matrix(warp);
    for_each_lane(mask, [&](std::size_t lane) {
        for (std::uint32_t& other : known[lane]) other = std::max(other, object[warp]);
    });
}

void Clocks::sync_lanes(std::uint32_t warp, std::uint32_t mask, std::uint32_t alive) {
    const std::uint32_t epoch = ++epochs_[warp];
    if (mask == alive) {
        synced_[warp] = epoch;
        lanes_[warp] = nullptr;
        return;
    }
    LaneMatrix& known = matrix(warp);
    std::array<std::uint32_t, isa::kLanes> together{};
    for_each_lane(mask, [&](std::size_t lane) {
        for (std::size_t other = 0; other < isa::kLanes; ++other) {
            together[other] = std::max(together[other], known[lane][other]);
        }
    });
    for_each_lane(mask, [&](std::size_t lane) { together[lane] = epoch; });
    for_each_lane(mask, [&](std::size_t lane) { known[lane] = together; });
}

}  // namespace sptc::sanitize
