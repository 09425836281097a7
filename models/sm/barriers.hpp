#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/sm/sm_spec.hpp"
#include "models/sm/timeline.hpp"

namespace sptc::sm {

inline constexpr std::uint32_t kBarriersPerCta = 16;  ///< PTX ISA, bar

/// A warp reaches a barrier.
struct BarrierArrival {
    std::uint32_t cta_slot;
    std::uint32_t barrier;
    std::uint32_t warp;
    std::uint32_t expected_warps;
    bool
        whole_cta;  ///< waits for every warp that has not exited, not for a given number of threads
    bool waits = true;  ///< false: bar.arrive, the warp goes on
};

/// Who is told that warps may go on. Implemented by the SM.
class BarrierListener {
  public:
    virtual ~BarrierListener() = default;
    virtual void barrier_released(std::uint32_t warp, base::Cycle cycle) = 0;
};

/// The barrier unit of an SM. It takes one arriving warp per arrival_cycles; when the expected
/// threads have arrived all of them go on release_cycles later (measured: 21 + 2 x warps cycles,
/// SyncPerformance, IISWC 2024). Part of the SM.
class Barriers {
  public:
    Barriers(const BarrierSpec& spec, std::uint32_t cta_slots, BarrierListener& listener)
        : spec_(spec), listener_(listener), states_(cta_slots) {}

    void reset(std::uint32_t cta_slot) { states_[cta_slot] = {}; }

    void arrive(const BarrierArrival& arrival) { arrivals_.push_back(arrival); }
    /// A new kernel: time starts at 0 again.
    void restart() { unit_free_ = 0; }

    /// A warp has exited: barriers that wait for the whole CTA wait for one warp less.
    void warp_exited(std::uint32_t cta_slot, std::uint32_t remaining_warps, base::Cycle now);

    /// Records barriers from now on; nullptr: no more.
    void record(Timeline* timeline) { timeline_ = timeline; }

    void tick(base::Cycle now);
    [[nodiscard]] base::Cycle due(base::Cycle now) const;

  private:
    struct State {
        std::vector<std::uint32_t> warps;  ///< that wait
        std::uint32_t arrived = 0;         ///< warps, those that do not wait too
        std::uint32_t expected_warps = 0;
        bool whole_cta = false;
        base::Cycle first_arrival = 0;
    };
    void release(std::uint32_t cta_slot, std::uint32_t barrier, base::Cycle now);

    const BarrierSpec& spec_;
    BarrierListener& listener_;
    std::vector<std::array<State, kBarriersPerCta>> states_;
    std::deque<BarrierArrival> arrivals_;
    base::Cycle unit_free_ = 0;
    Timeline* timeline_ = nullptr;
};

}  // namespace sptc::sm
