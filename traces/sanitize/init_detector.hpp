#pragma once
#include <cstdint>
#include <vector>

#include "traces/ptx/execution.hpp"
#include "traces/ptx/observer.hpp"
#include "traces/sanitize/access_table.hpp"
#include "traces/sanitize/finding.hpp"
#include "traces/sanitize/reporter.hpp"
#include "traces/sanitize/uninitialised.hpp"

namespace sptc::sanitize {

/// Finds reads of shared memory that the CTA has not written, and of buffers with a size only that
/// no kernel of the run has written.
class InitDetector {
  public:
    InitDetector(UninitialisedBuffers& buffers, Findings& findings, std::uint32_t shared_bytes,
                 std::uint32_t warps)
        : buffers_(buffers), findings_(findings), shared_(shared_bytes), undefined_(warps) {}

    /// An instruction is about to execute: what does it read, and which registers does it write?
    void before(const ptx::Execution& e) {
        if (!undefined_[e.warp].empty()) use_registers(e);
    }

    void access(const ptx::Execution& e, const ptx::CtaObserver::Addresses& addresses,
                std::uint32_t mask, ptx::Space space, std::uint64_t bytes, Role role);

  private:
    /// A register that a load of unwritten bytes has given to some lanes.
    struct Undefined {
        isa::RegisterId reg = 0;
        std::uint32_t lanes = 0;
        Touch load;
        Spot spot;
    };
    void use_registers(const ptx::Execution& e);
    void add(std::uint32_t warp, const Undefined& undefined);

    UninitialisedBuffers& buffers_;  ///< of all CTAs
    Findings& findings_;
    WrittenBytes shared_;
    std::vector<std::vector<Undefined>> undefined_;  ///< by warp
};

}  // namespace sptc::sanitize
