#pragma once
#include <nlohmann/json_fwd.hpp>

#include "models/cost/profile.hpp"
#include "models/gpu/gpu_spec.hpp"
#include "models/gpu/kernel_result.hpp"

namespace sptc::report {

/// The parts of a result that every kernel has: warp_instructions, instructions{}, stalls{},
/// bytes{}, kernel{}, sms{}.
void add_kernel(nlohmann::ordered_json& json, const gpu::KernelResult& result,
                const gpu::GpuSpec& spec, const cost::Profile* cost);

}  // namespace sptc::report
