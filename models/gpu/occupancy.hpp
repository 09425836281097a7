#pragma once
#include <cstdint>
#include <string>

#include "models/gpu/gpu_spec.hpp"
#include "models/isa/instruction_source.hpp"

namespace sptc::gpu {

/// How many CTAs of a kernel fit one SM at once, and what limits them.
struct Occupancy {
    std::uint32_t ctas_per_sm = 0;
    std::string limit;  ///< "warps", "CTAs", "shared memory" or "registers"
};

/// Throws KernelError naming the limit when not even one CTA fits.
[[nodiscard]] Occupancy occupancy(const GpuSpec& spec, const isa::KernelShape& shape);

}  // namespace sptc::gpu
