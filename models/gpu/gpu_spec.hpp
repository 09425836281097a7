#pragma once
#include <cstdint>
#include <string>

#include "models/memory/memory_spec.hpp"
#include "models/sm/memory_request.hpp"
#include "models/sm/sm_spec.hpp"

namespace sptc::gpu {

/// A whole GPU: what configs/gpu/*.json describes.
struct GpuSpec {
    std::string name;  ///< "a100"
    std::string description;
    std::string arch;      ///< "sm_80"
    double clock_mhz = 0;  ///< at which cycles are turned into time
    std::uint32_t sms = 0;
    sm::SmSpec sm;
    memory::MemorySpec memory;
};

/// Throws ConfigError when values contradict each other (zero widths, slots that do not divide,
/// ...).
void validate(const GpuSpec& spec);

}  // namespace sptc::gpu
