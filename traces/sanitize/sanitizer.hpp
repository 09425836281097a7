#pragma once
#include <memory>
#include <vector>

#include "traces/launch/device_memory.hpp"
#include "traces/launch/launch.hpp"
#include "traces/ptx/fault.hpp"
#include "traces/ptx/observer.hpp"
#include "traces/sanitize/access_table.hpp"
#include "traces/sanitize/detectors.hpp"
#include "traces/sanitize/finding.hpp"
#include "traces/sanitize/uninitialised.hpp"

namespace sptc::sanitize {

/// Watches the launches of one run, and keeps what it finds (docs/sanitizer.md).
class Sanitizer final : public ptx::Observer {
  public:
    explicit Sanitizer(Detectors detectors) : detectors_(detectors) {}

    /// The buffers of the run: those with a size only are uninitialised.
    void begin(const std::vector<launch::Buffer>& buffers, const launch::DeviceMemory& memory);

    /// For ptx::make_source of the next launch: this, or nullptr when no detector watches what a
    /// kernel executes.
    [[nodiscard]] ptx::Observer* observer();

    /// What ended the run, as a finding of the detector that it belongs to, if that is on.
    void add(const ptx::AccessFault& fault);
    void add(const ptx::ExecutionFault& fault);
    /// No warp could go on: the warps that waited at barriers.
    void add_stuck_warps();

    [[nodiscard]] const Detectors& detectors() const { return detectors_; }
    [[nodiscard]] const Findings& findings() const { return findings_; }

    // ptx::Observer
    [[nodiscard]] bool watches(const ptx::Program& program, std::uint32_t op) const override;
    [[nodiscard]] std::unique_ptr<ptx::CtaObserver> start_cta(const ptx::CtaState& cta) override;

  private:
    void add_fault(const ptx::FaultPlace& place, Detector detector, std::string_view what,
                   std::string_view advice);

    Detectors detectors_;
    Findings findings_;
    UninitialisedBuffers buffers_;
    std::vector<Finding> stuck_;
    std::vector<OpRole> roles_;  ///< of the running kernel; empty before its first CTA
};

}  // namespace sptc::sanitize
