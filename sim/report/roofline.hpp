#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "models/gpu/gpu_spec.hpp"
#include "models/gpu/kernel_result.hpp"
#include "sim/run/gemm_result.hpp"

namespace sptc::report {

/// What a kernel can be bound by.
enum class Resource : std::uint8_t {
    kTensorCores,   ///< cycles with a slice in the multipliers
    kIssueSlots,    ///< one warp instruction per sub-core and cycle
    kSharedMemory,  ///< wavefronts of loads, stores, asynchronous copies and hits of the L1, which
                    ///< share one data array
    kSmPorts,       ///< data from the L2 to the SMs
    kL2,            ///< sectors that the slices pass
    kHbm,
    kCount
};

[[nodiscard]] std::string_view resource_name(Resource resource);

/// The cycles that each resource needs for what the kernel did, were it spread evenly over the GPU
/// and never waiting: none of them can be above the kernel's cycles, and the largest is the
/// roofline.
class Roofline {
  public:
    Roofline(const gpu::GpuSpec& spec, const gpu::KernelResult& kernel);

    [[nodiscard]] double cycles(Resource resource) const {
        return cycles_[static_cast<std::size_t>(resource)];
    }
    /// The resource that binds.
    [[nodiscard]] Resource binding() const;
    [[nodiscard]] double cycles() const { return cycles(binding()); }

  private:
    std::array<double, static_cast<std::size_t>(Resource::kCount)> cycles_{};
};

/// How much faster than its dense baseline the kernel would be, were it as fast as its roofline: no
/// speedup is above it. Needs the baseline.
[[nodiscard]] double roofline_speedup(const run::GemmResult& result);

}  // namespace sptc::report
