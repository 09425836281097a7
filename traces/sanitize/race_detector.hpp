#pragma once
#include <cstdint>
#include <vector>

#include "traces/ptx/execution.hpp"
#include "traces/ptx/observer.hpp"
#include "traces/sanitize/access_table.hpp"
#include "traces/sanitize/async_copies.hpp"
#include "traces/sanitize/clocks.hpp"
#include "traces/sanitize/finding.hpp"
#include "traces/sanitize/shared_shadow.hpp"

namespace sptc::sanitize {

/// Finds accesses to the shared memory of one CTA of which one writes and that nothing orders,
/// whatever order they were executed in. A cp.async writes until its lane has waited for it; what
/// it collides with is told by the detector of asynchronous copies.
class RaceDetector {
  public:
    RaceDetector(const ptx::Program& program, const std::vector<OpRole>& roles,
                 const Detectors& detectors, const Clocks& clocks, Findings& findings,
                 std::uint32_t shared_bytes);

    void access(const ptx::Execution& e, const ptx::CtaObserver::Addresses& addresses,
                std::uint32_t mask, std::uint64_t bytes);

    void commit_copies(const ptx::Execution& e) { copies_.commit(e.warp, e.mask); }
    void wait_for_copies(const ptx::Execution& e, std::uint32_t pending_groups);
    /// All copies of a lane so far: somebody else waits for them.
    [[nodiscard]] std::vector<LaneCopy> take_copies(std::uint32_t warp, std::uint32_t lane) {
        return copies_.take(warp, lane);
    }
    /// Copies have been waited for: from now on they are writes of their lanes.
    void complete(const std::vector<LaneCopy>& copies);

  private:
    void read(const ptx::Execution& e, std::uint32_t granule, std::uint32_t lane);
    void write(const ptx::Execution& e, std::uint32_t granule, std::uint32_t lane);
    [[nodiscard]] bool both_strong(const Touch& before, std::uint32_t op) const {
        return roles_[op].strong && roles_[before.op].strong;
    }
    [[nodiscard]] bool copies(std::uint32_t op) const {
        return roles_[op].role == Role::kAsyncCopy;
    }
    void conflict(const ptx::Execution& e, std::uint32_t granule, std::uint32_t lane,
                  const Touch& before, bool before_wrote, bool in_flight);

    const std::vector<OpRole>& roles_;
    const Detectors& detectors_;
    const Clocks& clocks_;
    Findings& findings_;
    SharedShadow shadow_;
    AsyncCopies copies_;
    std::uint32_t instruction_ = 0;  ///< number of the one that is looked at
    std::uint32_t told_ = 0;         ///< op that this instruction was last told to collide with
};

}  // namespace sptc::sanitize
