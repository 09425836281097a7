#pragma once
#include <cstdint>
#include <vector>

#include "traces/ptx/execution.hpp"
#include "traces/ptx/observer.hpp"
#include "traces/sanitize/access_table.hpp"
#include "traces/sanitize/barrier_phases.hpp"
#include "traces/sanitize/clocks.hpp"
#include "traces/sanitize/init_detector.hpp"
#include "traces/sanitize/meeting_points.hpp"
#include "traces/sanitize/race_detector.hpp"

namespace sptc::sanitize {

/// Watches one CTA: keeps its clocks, and shows every access to the detectors.
class CtaSanitizer final : public ptx::CtaObserver {
  public:
    /// Receives the arrivals of warps that still wait when the CTA is given up.
    using Stuck = std::vector<Finding>;

    CtaSanitizer(const ptx::CtaState& cta, const std::vector<OpRole>& roles,
                 const Detectors& detectors, UninitialisedBuffers& buffers, Findings& findings,
                 Stuck& stuck);
    ~CtaSanitizer() override;

    void access(const ptx::Execution& e, const Addresses& addresses, std::uint32_t mask,
                ptx::Space space, std::uint64_t bytes) override;
    void before(const ptx::Execution& e) override;
    void after(const ptx::Execution& e) override;
    void landed() override;

  private:
    [[nodiscard]] bool has(Detector detector) const { return detectors_.has(detector); }
    void acquire(const ptx::Execution& e, const Addresses& addresses, std::uint32_t mask);
    void release(const ptx::Execution& e, const Addresses& addresses, std::uint32_t mask,
                 Role role);
    void arrive(const ptx::Execution& e, Role role);
    void leave_copies_to(const ptx::Execution& e, const Addresses& addresses);
    void look_at_mbarriers();

    const ptx::CtaState& cta_;
    const std::vector<OpRole>& roles_;
    const Detectors& detectors_;
    Findings& findings_;
    Stuck& stuck_;
    Clocks clocks_;
    BarrierPhases barriers_;
    MeetingPoints points_;
    RaceDetector races_;
    InitDetector init_;
    bool orders_;                     ///< clocks are needed
    Addresses mbarrier_addresses_{};  ///< of the executing test_wait
};

}  // namespace sptc::sanitize
