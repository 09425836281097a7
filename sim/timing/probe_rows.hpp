#pragma once
#include "sim/timing/timing_probe.hpp"

namespace sptc::timing {

// Rows of the table of timing probes, one function a file.

[[nodiscard]] TimingProbe mma_probe();
[[nodiscard]] TimingProbe ldmatrix_probe();
[[nodiscard]] TimingProbe ld_shared_probe();
[[nodiscard]] TimingProbe barrier_probe();
[[nodiscard]] TimingProbe core_probe();
[[nodiscard]] TimingProbe address_probe();
[[nodiscard]] TimingProbe memory_issue_probe();
[[nodiscard]] TimingProbe l1_probe();
[[nodiscard]] TimingProbe l1_stride_probe();
[[nodiscard]] TimingProbe l2_probe();
[[nodiscard]] TimingProbe dram_probe();
[[nodiscard]] TimingProbe cp_async_probe();
[[nodiscard]] TimingProbe stream_probe();

/// Parameters that several probes have.
[[nodiscard]] ParameterSpec warps_parameter(std::string_view default_value = "1");
[[nodiscard]] ParameterSpec ilp_parameter(std::string_view help);

}  // namespace sptc::timing
