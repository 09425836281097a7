#pragma once
#include <string>
#include <string_view>

#include "sim/run/gemm_result.hpp"

namespace sptc::report {

/// The report for people: one column per kernel.
[[nodiscard]] std::string gemm_table(const run::GemmResult& result);

/// The report for programs, schema sptc.gemm/1 (docs/results.md). Only host{} may differ between
/// two runs.
[[nodiscard]] std::string gemm_json(const run::GemmResult& result, std::string_view version);

}  // namespace sptc::report
