#pragma once
#include "models/gpu/gpu.hpp"

namespace sptc::run {

/// Simulates one kernel on a fresh GPU, in a SystemC context of its own. Throws what the kernel
/// causes.
[[nodiscard]] gpu::KernelResult simulate(const gpu::GpuSpec& spec, gpu::SimulatedSms sms,
                                         isa::InstructionSource& source,
                                         const gpu::RunOptions& options);

/// The options of the kernel behind the one that is done: what is recorded of one kernel only is
/// recorded no more, and of what has a limit for a run less is left.
[[nodiscard]] gpu::RunOptions options_after(gpu::RunOptions options, const gpu::KernelResult& done);

}  // namespace sptc::run
