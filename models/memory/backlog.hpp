#pragma once
#include <algorithm>
#include <cstdint>

namespace sptc::memory {

/// A resource that serves one piece of work after another, as the work it still has to do. Arrivals
/// out of order (a request that crosses a link is known of before those that come meanwhile) cost
/// no time in between, which a time from which on the resource is free would take from them. Units
/// are the caller's.
class Backlog {
  public:
    /// Work arrives at `now`; returns when it begins.
    std::uint64_t add(std::uint64_t now, std::uint64_t work) {
        if (now > time_) {
            waiting_ -= std::min(waiting_, now - time_);
            time_ = now;
        }
        const std::uint64_t begin = now + waiting_;
        waiting_ += work;
        return begin;
    }

  private:
    std::uint64_t time_ = 0;
    std::uint64_t waiting_ = 0;
};

}  // namespace sptc::memory
