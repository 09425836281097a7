#pragma once
#include <cstdint>

#include "traces/ptx/execution.hpp"
#include "traces/ptx/observer.hpp"
#include "traces/sanitize/access_table.hpp"
#include "traces/sanitize/finding.hpp"
#include "traces/sanitize/uninitialised.hpp"

namespace sptc::sanitize {

/// Finds reads of shared memory that the CTA has not written, and of buffers with a size only that
/// no kernel of the run has written.
class InitDetector {
  public:
    InitDetector(UninitialisedBuffers& buffers, Findings& findings, std::uint32_t shared_bytes)
        : buffers_(buffers), findings_(findings), shared_(shared_bytes) {}

    void access(const ptx::Execution& e, const ptx::CtaObserver::Addresses& addresses,
                std::uint32_t mask, ptx::Space space, std::uint64_t bytes, Role role);

  private:
    UninitialisedBuffers& buffers_;  ///< of all CTAs
    Findings& findings_;
    WrittenBytes shared_;
};

}  // namespace sptc::sanitize
