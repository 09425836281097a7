#include "models/sm/carve_out.hpp"

#include <algorithm>

#include "models/base/error.hpp"

namespace sptc::sm {

std::uint32_t l1_bytes(const SmSpec& spec, const isa::KernelShape& shape,
                       std::uint32_t resident_ctas) {
    const std::uint32_t shared =
        resident_ctas * (shape.shared_bytes_per_cta + spec.shared_memory.reserved_bytes_per_cta);
    const std::vector<std::uint32_t>& carve_outs = spec.l1.carve_out_bytes;
    const auto carve_out = std::lower_bound(carve_outs.begin(), carve_outs.end(), shared);
    SPTC_ASSERT(carve_out != carve_outs.end());  // occupancy keeps to the largest
    return spec.l1.array_bytes - *carve_out;
}

}  // namespace sptc::sm
