#include "sim/run/simulated_gpu.hpp"

#include <utility>

#include "models/base/error.hpp"
#include "sim/run/kernel_run.hpp"
#include "traces/cuda/recording.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/ptx/print_buffer.hpp"
#include "traces/ptx/source.hpp"

namespace sptc::run {

SimulatedGpu::SimulatedGpu(gpu::GpuSpec spec, std::string version)
    : spec_(std::move(spec)), version_(std::move(version)) {}

cuda::DeviceInfo SimulatedGpu::info() const {
    cuda::DeviceInfo info;
    info.name = cuda::kSimulatedDevice;
    info.model = spec_.name;
    info.compute_capability = isa::find_architecture(spec_.arch).number;
    info.sms = static_cast<int>(spec_.sms);
    info.sm_clock_mhz = spec_.clock_mhz;
    info.driver = "sptc " + version_;
    return info;
}

cuda::LaunchRun SimulatedGpu::run(const std::string& ptx, const std::string& ptx_file,
                                  const launch::Launch& launch, const cuda::TimingPlan&) {
    launch::DeviceMemory memory(launch.buffers, launch::Values::kOn);
    ptx::PrintBuffer printed;
    base::Cycle cycles = 0;
    const auto run_kernel = [&](const launch::KernelLaunch& kernel) {
        const auto program = ptx::load_program(ptx, ptx_file, kernel.entry);
        ptx::require_forms(*program, isa::find_architecture(spec_.arch));
        launch::Launch single;
        static_cast<launch::KernelLaunch&>(single) = kernel;
        const auto source =
            ptx::make_source(program, single, memory, launch::Values::kOn, spec_.sms, &printed);
        cycles += simulate(spec_, gpu::SimulatedSms::kAll, *source, {}).cycles;
    };
    run_kernel(launch);
    for (const launch::KernelLaunch& next : launch.next) run_kernel(next);
    cuda::LaunchRun result;
    for (const std::string& name : launch.outputs) {
        const auto content = memory.content(name);
        result.outputs[name].assign(content.begin(), content.end());
    }
    result.microseconds.push_back(static_cast<double>(cycles) / spec_.clock_mhz);
    return result;
}

}  // namespace sptc::run
