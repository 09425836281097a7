#include "sim/run/kernel_run.hpp"

#include <fmt/format.h>

#include "sim/run/progress.hpp"
#include "sim/run/simulation.hpp"

namespace sptc::run {

gpu::KernelResult simulate(const gpu::GpuSpec& spec, gpu::SimulatedSms sms,
                           isa::InstructionSource& source, const gpu::RunOptions& options) {
    Progress progress(source.shape().entry);
    gpu::RunOptions reporting = options;
    reporting.progress = [&progress](double started, base::Cycle cycle) {
        progress.update(started, fmt::format("of the CTAs started, cycle {}", cycle));
    };
    Simulation simulation;
    gpu::Gpu gpu("gpu", spec, sms);
    return gpu.run(source, reporting);
}

}  // namespace sptc::run
