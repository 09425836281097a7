#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "models/gpu/gpu_spec.hpp"
#include "models/gpu/kernel_result.hpp"

namespace sptc::report {

/// A kernel that was recorded, and its PTX (empty: not at hand).
struct RecordedKernel {
    const gpu::KernelResult* kernel;
    std::string_view text;
};

/// The timelines of kernels as trace events (Chrome and Perfetto read them; docs/look_inside.md),
/// written as they come: a process per sub-core and one for what the SM has once, a thread per
/// unit, a complete event per slice, and counters of L2 and HBM; 1 cycle is shown as 1 us. What is
/// under way at once stands in as many threads as it takes. Throws ConfigError when the file cannot
/// be written; then it does not appear.
void write_timeline(const std::string& file, const std::vector<RecordedKernel>& kernels,
                    const gpu::GpuSpec& gpu, std::string_view version);

}  // namespace sptc::report
