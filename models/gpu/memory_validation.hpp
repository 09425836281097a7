#pragma once
#include "models/gpu/gpu_spec.hpp"

namespace sptc::gpu {

/// Parts of validate(): the L1 with its path to the L2, and everything behind it. Messages carry
/// the JSON pointer, what was found and what was expected.
void validate_l1(const GpuSpec& spec);
void validate_memory(const GpuSpec& spec);

}  // namespace sptc::gpu
