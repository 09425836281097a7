#include "sim/run/kernel_run.hpp"

#include "sim/run/simulation.hpp"

namespace sptc::run {

gpu::KernelResult simulate(const gpu::GpuSpec& spec, gpu::SimulatedSms sms,
                           isa::InstructionSource& source, const gpu::RunOptions& options) {
    Simulation simulation;
    gpu::Gpu gpu("gpu", spec, sms);
    return gpu.run(source, options);
}

}  // namespace sptc::run
