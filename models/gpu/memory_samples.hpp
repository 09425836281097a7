#pragma once
#include <cstdint>
#include <vector>

#include "models/base/cycle.hpp"

namespace sptc::memory {
class L2;
class Hbm;
}  // namespace sptc::memory

namespace sptc::gpu {

/// Sectors that L2 and HBM were asked for by all SMs in the cycles [begin, end): counted when a
/// request reaches them, however long it then queues.
struct MemorySample {
    base::Cycle begin = 0;
    base::Cycle end = 0;
    std::uint64_t near_hits = 0;    ///< read by SMs, in their own partition of the L2
    std::uint64_t far_hits = 0;     ///< in another one
    std::uint64_t from_memory = 0;  ///< in none
    std::uint64_t writes = 0;       ///< of SMs, atomics too
    std::uint64_t hbm_reads = 0;
    std::uint64_t hbm_writes = 0;
};

/// Reads the counters of L2 and HBM at fixed distances inside a window of cycles.
class MemorySampler {
  public:
    static constexpr base::Cycle kInterval = 64;

    /// The window is [first, end).
    MemorySampler(base::Cycle first, base::Cycle end, const memory::L2& l2, const memory::Hbm& hbm)
        : l2_(l2), hbm_(hbm), end_(end), next_(first), begin_(first) {}

    /// To be called before anything of cycle `now` happens there.
    void reach(base::Cycle now) {
        while (next_ <= now && begin_ < end_) take();
    }
    /// The kernel's last cycle was the one before `cycles`.
    void finish(base::Cycle cycles);
    [[nodiscard]] const std::vector<MemorySample>& samples() const { return samples_; }

  private:
    [[nodiscard]] MemorySample counted() const;
    void take();

    const memory::L2& l2_;
    const memory::Hbm& hbm_;
    base::Cycle end_;
    base::Cycle next_;   ///< when to read again
    base::Cycle begin_;  ///< of the sample that is open; the window's end: none is
    bool open_ = false;
    MemorySample before_;  ///< the counters at its begin
    std::vector<MemorySample> samples_;
};

}  // namespace sptc::gpu
