#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "traces/sanitize/async_copies.hpp"
#include "traces/sanitize/clocks.hpp"

namespace sptc::sanitize {

/// Addresses at which the threads of a CTA order each other: those of strong operations, whose
/// writes release and whose reads acquire (atomics do both), as if every fence that this takes were
/// there; and mbarriers, whose waits acquire what the arrivals of completed phases have released.
class MeetingPoints {
  public:
    struct Mbarrier {
        Clock completed;  ///< of phases that are over
        Clock current;
        bool phase = false;
        std::vector<LaneCopy> copies;  ///< that an arrival of the current phase waits for
    };

    /// By address: shared offsets and device addresses do not meet.
    [[nodiscard]] Clock& strong(std::uint64_t address) { return strong_[address]; }
    [[nodiscard]] Mbarrier& mbarrier(std::uint64_t address) { return mbarriers_[address]; }

    /// Looks at the phase bit of every mbarrier: `phase_of(address)`. Of those whose phase is over,
    /// the copies go to `landed`.
    template <class PhaseOf>
    void look(PhaseOf&& phase_of, std::vector<LaneCopy>& landed) {
        for (auto& [address, object] : mbarriers_) {
            const bool phase = phase_of(address);
            if (phase == object.phase) continue;
            object.phase = phase;
            complete(object, landed);
        }
    }

  private:
    static void complete(Mbarrier& object, std::vector<LaneCopy>& landed);

    std::map<std::uint64_t, Clock> strong_;
    std::map<std::uint64_t, Mbarrier> mbarriers_;
};

}  // namespace sptc::sanitize
