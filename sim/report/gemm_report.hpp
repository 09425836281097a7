#pragma once
#include <string>
#include <string_view>

#include "sim/run/gemm_result.hpp"
#include "traces/sanitize/sanitizer.hpp"

namespace sptc::report {

inline constexpr std::string_view kGemmSchema = "sptc.gemm/1";

/// The report for people: one column per kernel.
[[nodiscard]] std::string gemm_table(const run::GemmResult& result);

/// The report for programs, schema sptc.gemm/1 (docs/results.md), with what the sanitizer found
/// unless it is null. Only host{} may differ between two runs.
[[nodiscard]] std::string gemm_json(const run::GemmResult& result, std::string_view version,
                                    const sanitize::Sanitizer* sanitizer = nullptr);

}  // namespace sptc::report
