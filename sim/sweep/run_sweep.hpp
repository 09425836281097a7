#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/sweep/database.hpp"
#include "sim/sweep/estimate.hpp"
#include "sim/sweep/expand.hpp"

namespace sptc::sweep {

/// How a sweep is run; what it computes is in the file alone.
struct SweepOptions {
    std::vector<std::string> worker;  ///< the command that reads a point and answers
    unsigned jobs = 1;
    bool retry_failed = false;
    std::function<bool()> interrupted = [] { return false; };
};

/// How a sweep ended.
struct SweepSummary {
    std::uint64_t present = 0;  ///< were there before, failed ones included
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
    bool interrupted = false;
    std::string first_error;  ///< of a failed point of this run
    double seconds = 0;
    std::uint64_t peak_kib = 0;  ///< of the largest worker
};

/// Runs the points that the results do not hold yet, `jobs` at a time, and records each as it ends.
/// A failed point is recorded with its error. Throws ConfigError when results cannot be written:
/// what is recorded stays.
[[nodiscard]] SweepSummary run_sweep(const SweepFile& sweep, const Expansion& expansion,
                                     std::string_view version, ResultWriter& results,
                                     const SweepOptions& options);

/// What --dry-run tells.
struct SweepEstimate {
    std::uint64_t to_run = 0;
    std::uint64_t present = 0;
    double seconds = 0;          ///< of all of them with options.jobs
    std::uint64_t measured = 0;  ///< points that the estimate comes from
    bool from_results = false;  ///< recorded points; otherwise they were run for this, and not kept
    std::uint64_t peak_kib = 0;  ///< of those that were run for this
};

/// Counts, and estimates the time from the recorded points of these results ("": none), or from
/// running a few points, the smallest, the middle and the largest of each class, for so long and
/// until one has ended.
inline constexpr double kLongestProbeSeconds = 20;
[[nodiscard]] SweepEstimate estimate_sweep(const Expansion& expansion, const std::string& results,
                                           const SweepOptions& options);

}  // namespace sptc::sweep
