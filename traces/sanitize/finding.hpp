#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "traces/sanitize/detectors.hpp"

namespace sptc::sanitize {

/// One of the two executed instructions of a finding.
struct Party {
    std::string location;  ///< "kernel.ptx:12 (kernel.cu:7)"
    std::string opcode;
    std::uint32_t line = 0;  ///< of the PTX
    std::uint32_t warp = 0;
    std::optional<std::uint32_t> lane;  ///< unset: the whole warp
};

/// Something wrong, as it was seen first; `count` says how many warp instructions did it.
struct Finding {
    Detector detector = Detector::kMemory;
    std::string what;    ///< "write after read in shared memory"
    std::string place;   ///< "byte 64 of shared memory", "byte 8 of buffer 'X' (64 bytes)"
    std::string advice;  ///< what to do
    std::uint64_t cta = 0;
    std::optional<std::uint64_t> address;  ///< device address, or offset in shared memory
    std::uint32_t bytes = 0;               ///< of the access; 0: none
    Party now;
    std::optional<Party> before;  ///< what it collides with
    std::uint64_t count = 1;
};

/// Findings of a run. Those of one detector that say the same of the same lines are one; beyond a
/// bound of different ones only their number is kept.
class Findings {
  public:
    static constexpr std::size_t kMost = 100;  ///< that are kept

    /// Has a finding of this detector, problem and lines been seen? Then it is counted.
    [[nodiscard]] bool count_known(Detector detector, std::string_view what, std::uint32_t line,
                                   std::uint32_t line_before);
    void add(Finding finding);

    [[nodiscard]] const std::vector<Finding>& all() const { return all_; }
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }  ///< beyond the bound
    [[nodiscard]] bool empty() const { return all_.empty(); }

  private:
    std::vector<Finding> all_;  ///< in the order in which they were first seen
    std::uint64_t dropped_ = 0;
};

}  // namespace sptc::sanitize
