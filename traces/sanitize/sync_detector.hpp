#pragma once
#include "traces/ptx/execution.hpp"
#include "traces/sanitize/barrier_phases.hpp"
#include "traces/sanitize/finding.hpp"

namespace sptc::sanitize {

/// An arrival that does not fit an earlier one of the same phase of a barrier.
void report_misfit(Findings& findings, const ptx::Execution& e,
                   const BarrierPhases::Arrival& arrival, const BarrierPhases::Arrival& before);

/// A shfl.sync that reads lanes which its membermask names though they have exited: PTX leaves open
/// what it gets.
void check_shuffle(Findings& findings, const ptx::Execution& e);

}  // namespace sptc::sanitize
