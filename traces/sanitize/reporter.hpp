#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "traces/ptx/execution.hpp"
#include "traces/sanitize/finding.hpp"
#include "traces/sanitize/shared_shadow.hpp"

namespace sptc::sanitize {

/// What is wrong, apart from who did it.
struct Problem {
    Detector detector = Detector::kMemory;
    std::string_view what;
    std::string_view advice;
};

/// Where in memory it is wrong.
struct Spot {
    ptx::Space space = ptx::Space::kShared;
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
};

/// Adds a finding about an executing instruction, or counts it when it is known. `before` may be
/// absent; `lane` below 0: the whole warp.
void report(Findings& findings, const Problem& problem, const ptx::Execution& now, int lane,
            const Touch* before, const Spot* spot);

/// The same with a place in words.
void report_at(Findings& findings, const Problem& problem, const ptx::Execution& now, int lane,
               const Touch* before, std::string place);

}  // namespace sptc::sanitize
