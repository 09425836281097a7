#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "models/cost/estimate.hpp"
#include "models/gpu/gpu_spec.hpp"
#include "models/gpu/kernel_result.hpp"

namespace sptc::report {

/// What a kernel did on the whole GPU, as the cost tables count it.
[[nodiscard]] cost::Activity cost_activity(const gpu::GpuSpec& spec,
                                           const gpu::KernelResult& kernel);

/// The estimate of a kernel's energy, and of the area of its tensor cores, for people.
[[nodiscard]] std::string cost_table(const cost::Profile& profile, const gpu::GpuSpec& spec,
                                     const gpu::KernelResult& kernel);

/// Adds cost{} to a kernel's JSON (docs/results.md).
void add_cost(nlohmann::ordered_json& json, const cost::Profile& profile, const gpu::GpuSpec& spec,
              const gpu::KernelResult& kernel);

}  // namespace sptc::report
