#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "traces/ptx/barrier_reductions.hpp"
#include "traces/sanitize/clocks.hpp"

namespace sptc::sanitize {

/// The barriers of one CTA: which warps meet in a phase, and what they learn of each other when
/// they go on.
class BarrierPhases {
  public:
    struct Arrival {
        std::uint32_t warp = 0;
        std::uint32_t op = 0;
        std::uint32_t barrier = 0;
        std::uint32_t threads = 0;  ///< how many it waits for; 0: the whole CTA
        bool waits = true;
        bool reduces = false;  ///< bar.red
    };

    explicit BarrierPhases(Clocks& clocks) : clocks_(clocks), waiting_(clocks.warps()) {}

    /// A warp arrives, all its lanes together. Returns the arrival of the same phase that it does
    /// not fit: another number of threads, or bar.red beside another kind.
    std::optional<Arrival> arrive(const Arrival& arrival, std::uint32_t alive_lanes);

    /// A warp executes something: if it waited at a barrier, the barrier has opened.
    void resume(std::uint32_t warp, std::uint32_t alive_lanes) {
        if (waiting_[warp] != nullptr) open(warp, alive_lanes);
    }

    /// All lanes of a warp end, which counts as arriving at every barrier of the whole CTA.
    void exit(std::uint32_t warp) { clocks_.release(warp, exits_); }

    /// The arrivals of warps that wait.
    [[nodiscard]] std::vector<Arrival> waiting() const;

  private:
    struct Phase {
        Clock clock;
        std::vector<Arrival> arrivals;
    };
    void open(std::uint32_t warp, std::uint32_t alive_lanes);

    Clocks& clocks_;
    std::array<std::shared_ptr<Phase>, ptx::kBarriersPerCta> current_;
    std::vector<std::shared_ptr<Phase>> waiting_;  ///< by warp: the phase that it waits for
    Clock exits_;
};

}  // namespace sptc::sanitize
