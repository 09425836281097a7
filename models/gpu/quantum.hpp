#pragma once
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/base/worker_pool.hpp"
#include "models/sm/sm.hpp"

namespace sptc::gpu {

/// Who gives new CTAs to SMs with free slots. Implemented by the GPU.
class CtaDispatcher {
  public:
    virtual ~CtaDispatcher() = default;
    [[nodiscard]] virtual bool ctas_left() const = 0;
    /// The SMs, in ascending order, have had their turn in cycle `now` and have free slots.
    virtual void dispatch(std::span<const std::uint32_t> sms, base::Cycle now) = 0;
};

/// Runs SMs on several threads for a quantum of cycles in which nothing that one of them does can
/// reach another through the memory system. What couples them without delay is the dispatch of
/// CTAs: an SM with a free slot stops in that cycle, and slots are filled in the order of cycles,
/// each only after all SMs have come as far. So every SM does the same as when all run cycle by
/// cycle, whatever the number of threads. Part of the GPU; calls nothing of SystemC's kernel.
class Quantum {
  public:
    Quantum(std::span<const std::unique_ptr<sm::Sm>> sms, CtaDispatcher& dispatcher,
            unsigned threads);

    /// A new kernel.
    void restart(sm::IdleSkip idle_skip);
    /// Ticks the SMs wherever they are due in [begin, end), those that are idle for good excepted.
    /// Rethrows the failure of the earliest cycle, and in it of the first SM.
    void run(base::Cycle begin, base::Cycle end);
    /// After run(): ticks the idle ones too, as far as `end`.
    void run_idle(base::Cycle end);

    /// No CTA is left and no SM has anything under way.
    [[nodiscard]] bool idle() const;
    /// The last cycle in which an SM was due.
    [[nodiscard]] base::Cycle last_tick() const;

  private:
    enum class WhenIdle : std::uint8_t { kStop, kGoOn };
    struct Place {
        base::Cycle next = 0;                 ///< the first cycle that is not done
        base::Cycle last_tick = 0;            ///< done, and something was due in it
        base::Cycle waits_at = base::kNever;  ///< done, and a slot was free after it
        std::exception_ptr failure;           ///< in cycle `next`
    };
    void advance_all(base::Cycle end, WhenIdle when_idle);
    void advance(std::size_t sm, base::Cycle end, WhenIdle when_idle);
    void tick_until(std::size_t sm, base::Cycle end, WhenIdle when_idle);
    /// Fills the slots of all SMs that wait. Returns whether there were any.
    bool fill_slots();
    [[nodiscard]] base::Cycle earliest_wait() const;
    /// Rethrows a failure in a cycle before `end`.
    void rethrow_before(base::Cycle end) const;

    std::span<const std::unique_ptr<sm::Sm>> sms_;
    CtaDispatcher& dispatcher_;
    base::WorkerPool pool_;
    std::vector<Place> places_;
    sm::IdleSkip idle_skip_ = sm::IdleSkip::kOn;
    std::vector<std::uint32_t> busy_;     ///< scratch: the SMs of a round
    std::vector<std::uint32_t> waiting_;  ///< scratch
};

}  // namespace sptc::gpu
