#pragma once
#include <span>

#include "models/gpu/gpu_spec.hpp"
#include "traces/launch/launch.hpp"

namespace sptc::run {

/// Throws ConfigError when the buffers need more than the GPU's device memory holds: how much, each
/// of them, and how much there is.
void require_device_memory(const gpu::GpuSpec& spec, std::span<const launch::Buffer> buffers);

}  // namespace sptc::run
