#include "models/sm/warp_scheduler.hpp"

#include <algorithm>

namespace sptc::sm {

void WarpScheduler::add(std::uint32_t slot) { ages_.push_back(slot); }

void WarpScheduler::remove(std::uint32_t slot) {
    ages_.erase(std::find(ages_.begin(), ages_.end(), slot));
    if (last_ == slot) last_ = kNone;
}

void WarpScheduler::reset() {
    ages_.clear();
    last_ = kNone;
}

}  // namespace sptc::sm
