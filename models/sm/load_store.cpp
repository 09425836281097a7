#include "models/sm/load_store.hpp"

#include <algorithm>

namespace sptc::sm {

using base::Cycle;
using base::kNever;

LoadStore::LoadStore(const SmSpec& spec, OperationPool& pool, LoadStoreSink& sink)
    : spec_(spec), pool_(pool), sink_(sink), queues_(spec.sub_cores) {}

Cycle LoadStore::departure(const Queue& queue) const {
    if (queue.waiting.empty()) return kNever;
    const MemoryOperation& head = pool_[queue.waiting.front()];
    return std::max(head.issued + head.operand_read_cycles, queue.unit_free);
}

void LoadStore::reset() {
    for (Queue& queue : queues_) queue.unit_free = 0;
    next_ = 0;
    accept_free_ = 0;
}

void LoadStore::tick(Cycle now) {
    if (accept_free_ > now) return;
    for (std::size_t i = 0; i < queues_.size(); ++i) {
        const std::size_t index = (next_ + i) % queues_.size();
        Queue& queue = queues_[index];
        if (departure(queue) > now) continue;
        const OperationId id = queue.waiting.front();
        if (!sink_.can_accept(pool_[id])) continue;
        queue.waiting.pop_front();
        queue.unit_free = now + pool_[id].transfer_cycles;
        sink_.accept(id, now);
        next_ = (index + 1) % queues_.size();
        accept_free_ = now + spec_.memory_instruction_cycles;
        return;
    }
}

Cycle LoadStore::due(Cycle now) const {
    Cycle due = kNever;
    for (const Queue& queue : queues_) {
        if (queue.waiting.empty()) continue;
        const Cycle cycle = std::max(departure(queue), accept_free_);
        if (cycle > now) {
            due = std::min(due, cycle);
        } else if (sink_.can_accept(pool_[queue.waiting.front()])) {
            due = now + 1;
        }
    }
    return due;
}

}  // namespace sptc::sm
