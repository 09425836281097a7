#pragma once
#include <memory>

#include "traces/cuda/gpu.hpp"

namespace sptc::cuda {

/// A GPU of this machine by the number that the driver gives it (CUDA_VISIBLE_DEVICES counts).
/// Throws ConfigError when there is no driver or no such GPU.
[[nodiscard]] std::unique_ptr<Gpu> open_gpu(int ordinal = 0);

}  // namespace sptc::cuda
