#pragma once
#include <string>
#include <string_view>

#include "models/cost/profile.hpp"
#include "sim/run/launch_run.hpp"
#include "traces/sanitize/sanitizer.hpp"

namespace sptc::report {

inline constexpr std::string_view kLaunchSchema = "sptc.run/1";

/// The report for people; with a table of costs also the energy.
[[nodiscard]] std::string launch_table(const run::LaunchResult& result,
                                       const cost::Profile* cost = nullptr);

/// The report for programs, schema sptc.run/1 (docs/results.md), with what the sanitizer found and
/// the costs unless they are null. Only host{} may differ between two runs.
[[nodiscard]] std::string launch_json(const run::LaunchResult& result, std::string_view version,
                                      const sanitize::Sanitizer* sanitizer = nullptr,
                                      const cost::Profile* cost = nullptr);

}  // namespace sptc::report
