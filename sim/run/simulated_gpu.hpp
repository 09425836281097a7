#pragma once
#include <string>

#include "models/gpu/gpu_spec.hpp"
#include "traces/cuda/gpu.hpp"

namespace sptc::run {

/// A GPU description that executes launches as a real GPU would, so that recordings of both are
/// made and compared by the same code. Its device is "simulated".
class SimulatedGpu : public cuda::Gpu {
  public:
    /// `version` of sptc stands for the driver.
    SimulatedGpu(gpu::GpuSpec spec, std::string version);

    [[nodiscard]] cuda::DeviceInfo info() const override;
    /// Simulates every SM, with values. Every run takes the same time, so `plan` decides nothing.
    [[nodiscard]] cuda::LaunchRun run(const std::string& ptx, const std::string& ptx_file,
                                      const launch::Launch& launch,
                                      const cuda::TimingPlan& plan) override;

  private:
    gpu::GpuSpec spec_;
    std::string version_;
};

}  // namespace sptc::run
