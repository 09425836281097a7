#pragma once
#include <cstddef>
#include <deque>
#include <utility>

#include "models/base/cycle.hpp"
#include "models/base/error.hpp"

namespace sptc::base {

/// How blocks meet: a bounded first-in first-out queue whose items become visible latency_cycles
/// (>= 1) after the push. An item pushed in a cycle is never seen in that cycle, so results do not
/// depend on which block runs first.
template <class T>
class Channel {
  public:
    Channel(std::size_t capacity, Cycle latency_cycles)
        : capacity_(capacity), latency_cycles_(latency_cycles) {
        SPTC_ASSERT(capacity > 0 && latency_cycles > 0);
    }

    [[nodiscard]] bool can_push() const { return items_.size() < capacity_; }

    void push(T item, Cycle now) {
        SPTC_ASSERT(can_push());
        items_.emplace_back(now + latency_cycles_, std::move(item));
    }

    /// Is there an item to take at `now`?
    [[nodiscard]] bool ready(Cycle now) const {
        return !items_.empty() && items_.front().first <= now;
    }
    [[nodiscard]] const T& front() const { return items_.front().second; }

    T pop() {
        T item = std::move(items_.front().second);
        items_.pop_front();
        return item;
    }

    /// When the consumer must look next; kNever when nothing is under way.
    [[nodiscard]] Cycle due() const { return items_.empty() ? kNever : items_.front().first; }
    [[nodiscard]] bool empty() const { return items_.empty(); }
    [[nodiscard]] std::size_t size() const { return items_.size(); }

  private:
    std::size_t capacity_;
    Cycle latency_cycles_;
    std::deque<std::pair<Cycle, T>> items_;
};

}  // namespace sptc::base
