#include "models/sm/global_path.hpp"

#include <algorithm>

namespace sptc::sm {

using base::Cycle;
using base::kNever;

void GlobalPath::push(std::uint64_t line_address, std::uint8_t sector_mask,
                      std::uint8_t atomic_steps, isa::Operation operation, std::uint32_t name) {
    const MemoryRequest request{line_address, sector_mask, isa::is_posted_write(operation),
                                sm_,          name,        atomic_steps};
    waiting_.push_back({request, isa::writes_global(operation) ? request.sectors() : 1});
}

void GlobalPath::tick(Cycle now) {
    if (port_free_ > now || !can_send()) return;
    const auto& [request, port_cycles] = waiting_.front();
    requests_.push(request, now);
    outstanding_sectors_ += request.sectors();
    ++statistics_.requests;
    (request.write ? statistics_.store_sectors : statistics_.load_sectors) += request.sectors();
    port_free_ = now + port_cycles;
    waiting_.pop_front();
}

Cycle GlobalPath::due(Cycle now) const {
    return can_send() ? std::max(port_free_, now + 1) : kNever;
}

}  // namespace sptc::sm
