#pragma once
#include <optional>
#include <string>
#include <vector>

#include "models/gpu/gpu.hpp"
#include "models/isa/instruction_source.hpp"
#include "sim/run/gpu_override.hpp"
#include "sim/run/launch_run.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::run {

/// Where a trace is saved, and what it says it comes from.
struct TraceOutput {
    std::string file;  ///< empty: no trace is saved
    std::string kernel_file;
    std::string kernel_text;
    std::string launch_file;
    std::string launch_text;
    std::string not_lowered = {};  ///< KernelShape::not_lowered
};

/// simulate(), saving a trace on the way. `source` executes `program`. The trace appears only when
/// the simulation succeeds. Throws ConfigError when it cannot be written.
[[nodiscard]] gpu::KernelResult simulate_and_save(const gpu::GpuSpec& spec, gpu::SimulatedSms sms,
                                                  isa::InstructionSource& source,
                                                  const ptx::Program& program,
                                                  const gpu::RunOptions& options,
                                                  const TraceOutput& trace);

/// A saved trace as `sptc replay` takes it.
struct ReplayRequest {
    std::string trace_file;
    std::string gpu;  ///< name or description file; empty: as recorded
    std::vector<GpuOverride> gpu_overrides;
    std::optional<gpu::SimulatedSms> sms;  ///< unset: as recorded
    gpu::RunOptions options;
};

/// Simulates a trace without executing anything. Throws ConfigError, KernelError, DeadlockError.
[[nodiscard]] LaunchResult run_replay(const ReplayRequest& request);

}  // namespace sptc::run
