#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/isa/instruction.hpp"

namespace sptc::sanitize {

/// What one object that threads meet at (a phase of a barrier, an mbarrier, an address of atomics)
/// knows: by warp, the epochs below this are over.
using Clock = std::vector<std::uint32_t>;

/// Vector clocks of one CTA (Flanagan, Freund, FastTrack, PLDI 2009). Every warp counts epochs; a
/// new one begins when it releases what it has done. A warp knows of every other warp which epochs
/// are over; inside a warp each lane knows it of every other lane, because only a bar.warp.sync, a
/// barrier or an acquired object orders lanes.
///
/// Between warps the lanes of a warp share what they know: that can hide a race, but report none
/// that is not there.
class Clocks {
  public:
    explicit Clocks(std::uint32_t warps);

    [[nodiscard]] std::uint32_t warps() const { return static_cast<std::uint32_t>(known_.size()); }
    [[nodiscard]] std::uint32_t epoch(std::uint32_t warp) const { return epochs_[warp]; }

    /// Has what the lanes `lanes` of warp `before` did in an epoch happened before what a lane of
    /// `warp` does now? A lane that took part in it is in program order.
    [[nodiscard]] bool ordered(std::uint32_t before, std::uint32_t lanes, std::uint32_t epoch,
                               std::uint32_t warp, std::uint32_t lane) const {
        if (before != warp) return epoch < known_[warp][before];
        return ((lanes >> lane) & 1u) != 0 || epoch < synced_[warp] ||
               lanes_ordered(warp, lanes, epoch, lane);
    }

    /// The object learns what the warp has done and knows; a new epoch begins.
    void release(std::uint32_t warp, Clock& object);
    /// The lanes of `mask` learn what the object knows.
    void acquire(std::uint32_t warp, std::uint32_t mask, const Clock& object);
    /// The lanes of `mask` wait for each other; `alive` are the lanes of the warp.
    void sync_lanes(std::uint32_t warp, std::uint32_t mask, std::uint32_t alive);

  private:
    /// By lane and other lane: the epochs of the other one that are over.
    using LaneMatrix = std::array<std::array<std::uint32_t, isa::kLanes>, isa::kLanes>;

    [[nodiscard]] bool lanes_ordered(std::uint32_t warp, std::uint32_t lanes, std::uint32_t epoch,
                                     std::uint32_t lane) const;
    LaneMatrix& matrix(std::uint32_t warp);

    std::vector<std::uint32_t> epochs_;  ///< by warp, from 1
    std::vector<Clock> known_;           ///< by warp
    std::vector<std::uint32_t> synced_;  ///< by warp: what every lane knows of every other
    std::vector<std::unique_ptr<LaneMatrix>> lanes_;  ///< where lanes know more than that
};

}  // namespace sptc::sanitize
