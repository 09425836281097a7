#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "traces/sanitize/sanitizer.hpp"

namespace sptc::report {

/// What the sanitizer found, for people. Empty when nothing was found and only faults were looked
/// for.
[[nodiscard]] std::string sanitizer_text(const sanitize::Sanitizer& sanitizer);

/// The same as member "sanitizer" of a result (docs/results.md).
void add_sanitizer(nlohmann::ordered_json& json, const sanitize::Sanitizer& sanitizer);

/// The result of a run that a fault ended: schema, version, error and what the sanitizer found.
[[nodiscard]] std::string failed_run_json(std::string_view schema, std::string_view version,
                                          std::string_view error,
                                          const sanitize::Sanitizer& sanitizer);

}  // namespace sptc::report
