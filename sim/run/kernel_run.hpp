#pragma once
#include "models/gpu/gpu.hpp"

namespace sptc::run {

/// Simulates one kernel on a fresh GPU, in a SystemC context of its own. Throws what the kernel
/// causes.
[[nodiscard]] gpu::KernelResult simulate(const gpu::GpuSpec& spec, gpu::SimulatedSms sms,
                                         isa::InstructionSource& source,
                                         const gpu::RunOptions& options);

}  // namespace sptc::run
