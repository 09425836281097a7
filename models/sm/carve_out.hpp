#pragma once
#include <cstdint>

#include "models/isa/instruction_source.hpp"
#include "models/sm/sm_spec.hpp"

namespace sptc::sm {

/// The bytes of the data array that the shared memory of the resident CTAs leaves to the L1: shared
/// memory gets the smallest carve-out that holds it (CUDA Programming Guide, "Shared Memory" of
/// compute capability 8.x).
[[nodiscard]] std::uint32_t l1_bytes(const SmSpec& spec, const isa::KernelShape& shape,
                                     std::uint32_t resident_ctas);

}  // namespace sptc::sm
