#pragma once
#include <string>
#include <string_view>

#include "models/cost/profile.hpp"
#include "sim/run/gemm_result.hpp"
#include "traces/sanitize/sanitizer.hpp"

namespace sptc::report {

inline constexpr std::string_view kGemmSchema = "sptc.gemm/1";

/// The report for people, one column per kernel; with a table of costs also the energy.
[[nodiscard]] std::string gemm_table(const run::GemmResult& result,
                                     const cost::Profile* cost = nullptr);

/// The report for programs, schema sptc.gemm/1 (docs/results.md), with what the sanitizer found
/// and the costs unless they are null. Only host{} may differ between two runs.
[[nodiscard]] std::string gemm_json(const run::GemmResult& result, std::string_view version,
                                    const sanitize::Sanitizer* sanitizer = nullptr,
                                    const cost::Profile* cost = nullptr);

}  // namespace sptc::report
