#pragma once
#include <cstddef>
#include <vector>

#include "traces/launch/device_memory.hpp"
#include "traces/launch/launch.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// The parameter space of a launch. Throws ConfigError naming the parameter when the arguments do
/// not fit in number, kind or size: an array takes a struct of its size; a scalar takes a scalar or
/// a struct of its size, or a buffer's address where it has 64 bits.
[[nodiscard]] std::vector<std::byte> bind_arguments(const Program& program,
                                                    const launch::KernelLaunch& launch,
                                                    const launch::DeviceMemory& memory);

}  // namespace sptc::ptx
