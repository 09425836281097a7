#pragma once
#include <cstdint>
#include <deque>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/sm/memory_operation.hpp"
#include "models/sm/sm_spec.hpp"

namespace sptc::sm {

/// What happens to a memory instruction when it leaves its sub-core's queue. Implemented by the SM.
class LoadStoreSink {
  public:
    virtual ~LoadStoreSink() = default;
    [[nodiscard]] virtual bool can_accept(const MemoryOperation& operation) const = 0;
    /// Its operands have been read; it moves on to shared memory or to the global path.
    virtual void accept(OperationId id, base::Cycle now) = 0;
};

/// The way of memory instructions out of the sub-cores: a short queue and an address unit per
/// sub-core, then one shared acceptance stage (Huerta et al., MICRO 2025, section 5.4 and tables
/// 1-2). Part of the SM.
class LoadStore {
  public:
    LoadStore(const SmSpec& spec, OperationPool& pool, LoadStoreSink& sink);

    [[nodiscard]] bool has_room(std::uint32_t sub_core) const {
        return queues_[sub_core].waiting.size() < spec_.sub_core.memory_queue_entries;
    }
    void push(std::uint32_t sub_core, OperationId id) { queues_[sub_core].waiting.push_back(id); }

    /// A new kernel: time starts at 0 again.
    void reset();

    /// Lets a head depart, one per memory_instruction_cycles, round robin over the sub-cores.
    void tick(base::Cycle now);
    /// When a head can depart at the earliest; kNever while every head waits for room downstream.
    [[nodiscard]] base::Cycle due(base::Cycle now) const;

  private:
    struct Queue {
        std::deque<OperationId> waiting;
        base::Cycle unit_free = 0;  ///< the address unit is occupied until then
    };
    [[nodiscard]] base::Cycle departure(const Queue& queue) const;

    const SmSpec& spec_;
    OperationPool& pool_;
    LoadStoreSink& sink_;
    std::vector<Queue> queues_;
    std::size_t next_ = 0;
    base::Cycle accept_free_ = 0;  ///< when the SM accepts the next instruction
};

}  // namespace sptc::sm
