#include "models/sm/global_path.hpp"

#include <algorithm>

namespace sptc::sm {

using base::Cycle;
using base::kNever;

void GlobalPath::tick(Cycle now) {
    if (port_free_ > now || !can_send()) return;
    const OperationId id = waiting_.front();
    MemoryOperation& operation = pool_[id];
    const LineSectors& line = operation.lines[operation.lines_sent++];
    ++operation.lines_pending;
    const isa::Operation kind = operation.instruction->operation;
    const bool write = isa::is_posted_write(kind);
    const MemoryRequest request{line.line_address, line.sector_mask, write, sm_, id,
                                line.atomic_steps};
    requests_.push(request, now);
    ++under_way_;
    ++statistics_.requests;
    (write ? statistics_.store_sectors : statistics_.load_sectors) += request.sectors();
    port_free_ = now + (isa::writes_global(kind) ? request.sectors() : 1);
    if (operation.lines_sent == operation.lines.size()) waiting_.pop_front();
}

Cycle GlobalPath::due(Cycle now) const {
    return can_send() ? std::max(port_free_, now + 1) : kNever;
}

bool GlobalPath::answered(OperationId id) {
    MemoryOperation& operation = pool_[id];
    SPTC_ASSERT(operation.lines_pending > 0 && under_way_ > 0);
    --operation.lines_pending;
    --under_way_;
    return operation.lines_pending == 0 && operation.lines_sent == operation.lines.size();
}

}  // namespace sptc::sm
