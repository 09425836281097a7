#pragma once
#include <functional>
#include <string>
#include <vector>

#include "models/gpu/gpu.hpp"
#include "models/gpu/kernel_result.hpp"
#include "traces/launch/check.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/lowering/lowering.hpp"
#include "traces/sanitize/sanitizer.hpp"

namespace sptc::run {

/// A kernel of one's own as `sptc run` takes it.
struct LaunchRequest {
    gpu::GpuSpec gpu;
    std::string ptx_file;
    std::string launch_file;
    launch::Values values = launch::Values::kOn;
    gpu::RunOptions options;
    std::string trace_file;  ///< what is executed, for sptc replay; empty: not saved
    lowering::Lowering lowering = lowering::Lowering::kOn;
    std::string out_directory;  ///< for the launch file's outputs; empty: not written
    bool check = true;          ///< compare outputs with what the launch file expects
    /// Hears what kernels had printed when one of them failed, before the error is thrown.
    std::function<void(const std::vector<std::string>&)> printed_before_failure;
    sanitize::Sanitizer* sanitizer = nullptr;  ///< watches the kernels; may be absent
};

/// What `sptc run` reports.
struct LaunchResult {
    gpu::GpuSpec gpu;
    std::vector<gpu::KernelResult> simulations;  ///< of each launch, in order
    std::string kernel_text;                     ///< PTX; empty for a replayed trace
    std::vector<launch::OutputCheck> checks;
    std::vector<std::string> written;   ///< output files
    std::vector<std::string> printed;   ///< by the kernels' printf, line by line
    std::uint64_t printed_dropped = 0;  ///< lines beyond the bound
    double wall_seconds = 0;

    /// The launches run one after another, without the time between two launches.
    [[nodiscard]] base::Cycle cycles() const;
    [[nodiscard]] bool mismatched() const;
};

/// Loads kernel and launch, simulates every SM for each launch in turn (caches begin empty, memory
/// keeps its content), compares outputs with expected files, and writes the outputs: buffers with a
/// type and dimensions as .npy, others as raw .bin. Throws ConfigError, KernelError, MemoryFault,
/// DeadlockError.
[[nodiscard]] LaunchResult run_launch(const LaunchRequest& request);

}  // namespace sptc::run
