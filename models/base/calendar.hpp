#pragma once
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/base/error.hpp"

namespace sptc::base {

/// Items that become due at known cycles, in a ring of buckets: no item is compared with another.
/// Items of one cycle keep the order in which they were pushed.
template <class T>
class Calendar {
  public:
    /// `cycle` lies after the current one.
    void push(const T& item, Cycle now, Cycle cycle) {
        SPTC_ASSERT(cycle > now);
        if (size_ == 0) now_ = now;
        while (cycle - now_ >= buckets_.size()) grow();
        std::vector<T>& bucket = bucket_of(cycle);
        if (bucket.capacity() == 0 && !spare_.empty()) {
            bucket = std::move(spare_.back());
            spare_.pop_back();
        }
        bucket.push_back(item);
        ++size_;
    }

    /// Visits, as one span, and removes what is due at `now`. From a push on, until it is empty, no
    /// cycle may be left out.
    template <class Visit>
    void take(Cycle now, Visit&& visit) {
        if (size_ == 0) return;
        SPTC_ASSERT(now - now_ <= 1);
        now_ = now;
        std::vector<T>& bucket = bucket_of(now);
        if (bucket.empty()) return;
        visit(std::span<const T>(bucket));
        size_ -= bucket.size();
        bucket.clear();
        spare_.push_back(std::exchange(bucket, {}));
    }

    [[nodiscard]] bool empty() const { return size_ == 0; }

  private:
    /// The number of buckets is a power of two: no division.
    std::vector<T>& bucket_of(Cycle cycle) { return buckets_[cycle & (buckets_.size() - 1)]; }

    void grow() {
        std::vector<std::vector<T>> larger(2 * buckets_.size());
        for (Cycle cycle = now_; cycle < now_ + buckets_.size(); ++cycle) {
            larger[cycle & (larger.size() - 1)] = std::move(bucket_of(cycle));
        }
        buckets_ = std::move(larger);
    }

    std::vector<std::vector<T>> buckets_{std::vector<std::vector<T>>(1024)};
    /// Storage of emptied buckets, the last used next: it is still in the host's caches.
    std::vector<std::vector<T>> spare_;
    std::size_t size_ = 0;
    Cycle now_ = 0;
};

}  // namespace sptc::base
