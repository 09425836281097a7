#pragma once
#include <string>
#include <vector>

#include "models/gpu/gpu.hpp"
#include "models/gpu/kernel_result.hpp"
#include "traces/launch/device_memory.hpp"

namespace sptc::run {

/// A kernel of one's own as `sptc run` takes it.
struct LaunchRequest {
    gpu::GpuSpec gpu;
    std::string ptx_file;
    std::string launch_file;
    launch::Values values = launch::Values::kOn;
    gpu::RunOptions options;
    std::string trace_file;     ///< what is executed, for sptc replay; empty: not saved
    std::string out_directory;  ///< for the launch file's outputs; empty: not written
};

/// What `sptc run` reports.
struct LaunchResult {
    gpu::GpuSpec gpu;
    gpu::KernelResult simulation;
    std::vector<std::string> written;   ///< output files
    std::vector<std::string> printed;   ///< by the kernel's printf, line by line
    std::uint64_t printed_dropped = 0;  ///< lines beyond the bound
    double wall_seconds = 0;
};

/// Loads kernel and launch, simulates every SM, and writes the outputs: buffers with a type and
/// dimensions as .npy, others as raw .bin. Throws ConfigError, KernelError, MemoryFault,
/// DeadlockError.
[[nodiscard]] LaunchResult run_launch(const LaunchRequest& request);

}  // namespace sptc::run
