#pragma once
#include <string>
#include <string_view>

#include "models/cost/profile.hpp"
#include "sim/run/launch_run.hpp"

namespace sptc::report {

/// The report for people; with a table of costs also the energy.
[[nodiscard]] std::string launch_table(const run::LaunchResult& result,
                                       const cost::Profile* cost = nullptr);

/// The report for programs, schema sptc.run/1 (docs/results.md). Only host{} may differ between two
/// runs.
[[nodiscard]] std::string launch_json(const run::LaunchResult& result, std::string_view version,
                                      const cost::Profile* cost = nullptr);

}  // namespace sptc::report
