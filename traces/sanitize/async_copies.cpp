#include "traces/sanitize/async_copies.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace sptc::sanitize {

void AsyncCopies::issue(LaneCopy copy) {
    Lane& lane = warps_[copy.warp][copy.lane];
    copy.group = lane.committed;
    lane.open.push_back(copy);
}

void AsyncCopies::commit(std::uint32_t warp, std::uint32_t mask) {
    for (; mask != 0; mask &= mask - 1) {
        ++warps_[warp][static_cast<std::size_t>(std::countr_zero(mask))].committed;
    }
}

std::vector<LaneCopy> AsyncCopies::wait(std::uint32_t warp, std::uint32_t mask,
                                        std::uint32_t pending) {
    std::vector<LaneCopy> done;
    for (; mask != 0; mask &= mask - 1) {
        Lane& lane = warps_[warp][static_cast<std::size_t>(std::countr_zero(mask))];
        const std::uint32_t end = lane.committed - std::min(lane.committed, pending);
        const auto rest = std::find_if(lane.open.begin(), lane.open.end(),
                                       [end](const LaneCopy& copy) { return copy.group >= end; });
        done.insert(done.end(), lane.open.begin(), rest);
        lane.open.erase(lane.open.begin(), rest);
    }
    return done;
}

std::vector<LaneCopy> AsyncCopies::take(std::uint32_t warp, std::uint32_t lane) {
    return std::exchange(warps_[warp][lane].open, {});
}

}  // namespace sptc::sanitize
