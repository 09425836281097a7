#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "traces/probe/campaign_file.hpp"
#include "traces/probe/judge.hpp"

namespace sptc::report {

/// Which probes are listed below the table of questions.
enum class ProbeList : std::uint8_t {
    kUnexplained,  ///< those that no hypothesis explains, and those that could not be judged
    kAll
};

/// What a campaign found: for every question the hypotheses that agree with all its probes, then
/// single probes with the number of differing elements and the first of them.
[[nodiscard]] std::string probe_table(const probe::Campaign& campaign,
                                      std::span<const probe::Verdict> verdicts, ProbeList list);

}  // namespace sptc::report
