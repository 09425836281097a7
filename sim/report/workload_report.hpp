#pragma once
#include <string>
#include <string_view>

#include "sim/workload/workload_run.hpp"

namespace sptc::report {

/// The report for people: a line per layer, then the totals.
[[nodiscard]] std::string workload_table(const workload::WorkloadResult& result);

/// The report for programs, schema sptc.workload_result/1 (docs/workload_format.md).
[[nodiscard]] std::string workload_json(const workload::WorkloadResult& result,
                                        std::string_view version);

}  // namespace sptc::report
