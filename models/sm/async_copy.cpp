#include "models/sm/async_copy.hpp"

#include "models/base/error.hpp"

namespace sptc::sm {

std::uint32_t AsyncCopy::start(std::uint32_t warp) {
    WarpGroups& groups = warps_[warp];
    ++groups.copies.back();
    ++groups.under_way;
    ++groups.last_number;
    return groups.first + static_cast<std::uint32_t>(groups.copies.size()) - 1;
}

void AsyncCopy::commit(std::uint32_t warp) { warps_[warp].copies.push_back(0); }

bool AsyncCopy::arrive(std::uint32_t warp, isa::AsyncCopyToken token) {
    WarpGroups& groups = warps_[warp];
    if (groups.under_way == 0) return true;
    groups.arrivals.push_back({token, groups.last_number, groups.under_way});
    return false;
}

std::span<const isa::AsyncCopyToken> AsyncCopy::landed(std::uint32_t warp, std::uint32_t group,
                                                       std::uint64_t number) {
    WarpGroups& groups = warps_[warp];
    SPTC_ASSERT(group >= groups.first && groups.copies[group - groups.first] > 0);
    --groups.copies[group - groups.first];
    --groups.under_way;
    while (groups.copies.size() > 1 && groups.copies.front() == 0) {
        groups.copies.pop_front();
        ++groups.first;
    }
    due_.clear();
    for (Arrival& arrival : groups.arrivals) {
        if (number <= arrival.last_number && --arrival.copies == 0) due_.push_back(arrival.token);
    }
    std::erase_if(groups.arrivals, [](const Arrival& arrival) { return arrival.copies == 0; });
    return due_;
}

bool AsyncCopy::satisfied(std::uint32_t warp, std::uint32_t pending_groups) const {
    const WarpGroups& groups = warps_[warp];
    // Groups complete in any order; a wait looks at all but the newest ones.
    const std::size_t committed = groups.copies.size() - 1;
    for (std::size_t i = 0; i + pending_groups < committed; ++i) {
        if (groups.copies[i] != 0) return false;
    }
    return true;
}

}  // namespace sptc::sm
