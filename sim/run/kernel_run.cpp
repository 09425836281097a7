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
    if (!options.waveform) return gpu.run(source, reporting);
    const gpu::WaveformRequest& wanted = *options.waveform;
    tensor_core::Waveform waveform(wanted.file, fmt::format("sm0.sub_core{}", wanted.sub_core),
                                   wanted.first_cycle, wanted.cycles);
    gpu.watch(wanted.sub_core, waveform);
    gpu::KernelResult result = gpu.run(source, reporting);
    waveform.commit();
    return result;
}

gpu::RunOptions options_after(gpu::RunOptions options, const gpu::KernelResult& done) {
    options.waveform.reset();
    if (options.timeline) {
        sm::TimelineWindow& window = *options.timeline;
        window.most_sm_cycles -= window.recorded(done.cycles) * window.sms;
    }
    return options;
}

}  // namespace sptc::run
