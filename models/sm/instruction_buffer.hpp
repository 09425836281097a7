#pragma once
#include <algorithm>
#include <array>
#include <cstdint>

#include "models/base/cycle.hpp"

namespace sptc::sm {

/// The decoded instructions of one warp that wait to be issued (three entries: Huerta et al., MICRO
/// 2025, section 5.2). An issue frees an entry, and the instruction that takes it comes
/// fetch_cycles later; a taken branch empties the buffer, and then entries fill one a cycle. Every
/// fetch hits: there is no instruction cache. Part of a sub-core, one per warp slot.
class InstructionBuffer {
  public:
    static constexpr std::uint32_t kMaxEntries = 8;

    InstructionBuffer(std::uint32_t entries, base::Cycle fetch_cycles)
        : entries_(entries), fetch_cycles_(fetch_cycles) {}

    /// Everything buffered is gone; the first instruction arrives at `first`.
    void refill(base::Cycle first) {
        for (std::uint32_t i = 0; i < entries_; ++i) arrivals_[(head_ + i) % entries_] = first + i;
    }
    /// The head is issued at `now`.
    void issued(base::Cycle now) {
        arrivals_[head_] = std::max(now, last_arrival()) + 1;
        arrivals_[head_] = std::max(arrivals_[head_], now + fetch_cycles_);
        head_ = head_ + 1 == entries_ ? 0 : head_ + 1;
    }
    /// When the warp's next instruction can issue.
    [[nodiscard]] base::Cycle available() const { return arrivals_[head_]; }

  private:
    [[nodiscard]] base::Cycle last_arrival() const {
        return arrivals_[(head_ == 0 ? entries_ : head_) - 1];
    }
    std::array<base::Cycle, kMaxEntries> arrivals_{};
    std::uint32_t entries_;
    base::Cycle fetch_cycles_;
    std::uint32_t head_ = 0;
};

}  // namespace sptc::sm
