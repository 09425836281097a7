#pragma once
#include "models/gpu/gpu.hpp"
#include "sim/run/gpu_config.hpp"
#include "tests/support/fresh_simulation.hpp"

namespace sptc::test {

/// An A100 with as many SMs as a test needs, in a SystemC context of its own.
class A100 {
  public:
    explicit A100(std::uint32_t sms = 1, gpu::SimulatedSms simulated = gpu::SimulatedSms::kAll)
        : spec_(make_spec(sms)), gpu_("gpu", spec_, simulated) {}
    explicit A100(gpu::GpuSpec spec)
        : spec_(std::move(spec)), gpu_("gpu", spec_, gpu::SimulatedSms::kAll) {}

    [[nodiscard]] gpu::KernelResult run(isa::InstructionSource& source,
                                        const gpu::RunOptions& options = {}) {
        return gpu_.run(source, options);
    }
    [[nodiscard]] static gpu::GpuSpec make_spec(std::uint32_t sms) {
        gpu::GpuSpec spec = run::load_gpu("a100");
        spec.sms = sms;
        return spec;
    }

  private:
    FreshSimulation simulation_;
    gpu::GpuSpec spec_;
    gpu::Gpu gpu_;
};

}  // namespace sptc::test
