#pragma once
#include <string>
#include <string_view>

#include "sim/run/launch_run.hpp"
#include "traces/sanitize/sanitizer.hpp"

namespace sptc::report {

inline constexpr std::string_view kLaunchSchema = "sptc.run/1";

/// The report for people.
[[nodiscard]] std::string launch_table(const run::LaunchResult& result);

/// The report for programs, schema sptc.run/1 (docs/results.md), with what the sanitizer found
/// unless it is null. Only host{} may differ between two runs.
[[nodiscard]] std::string launch_json(const run::LaunchResult& result, std::string_view version,
                                      const sanitize::Sanitizer* sanitizer = nullptr);

}  // namespace sptc::report
