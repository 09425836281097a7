#pragma once
#include <string>
#include <string_view>

#include "models/cost/profile.hpp"
#include "sim/run/gemm_result.hpp"

namespace sptc::report {

/// The report for people; with a table of costs also the energy: one column per kernel.
[[nodiscard]] std::string gemm_table(const run::GemmResult& result,
                                     const cost::Profile* cost = nullptr);

/// The report for programs, schema sptc.gemm/1 (docs/results.md). Only host{} may differ between
/// two runs.
[[nodiscard]] std::string gemm_json(const run::GemmResult& result, std::string_view version,
                                    const cost::Profile* cost = nullptr);

}  // namespace sptc::report
