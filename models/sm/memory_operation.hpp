#pragma once
#include <cstdint>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/isa/instruction.hpp"
#include "models/sm/bank_conflicts.hpp"

namespace sptc::sm {

/// One memory instruction on its way through the SM.
struct MemoryOperation {
    const isa::Instruction* instruction = nullptr;
    std::uint32_t sub_core = 0;
    std::uint32_t warp = 0;  ///< warp slot of the SM
    base::Cycle issued = 0;
    base::Cycle accepted = 0;             ///< when it left the queue
    std::uint64_t cta = 0;                ///< its CTA
    base::Cycle operand_read_cycles = 0;  ///< after issue, at the earliest
    base::Cycle transfer_cycles = 0;      ///< occupancy of the sub-core's address unit
    std::uint32_t wavefronts = 0;         ///< passes over the bank array still to do
    std::vector<LineSectors> lines;       ///< global: what to request
    std::size_t lines_looked_up = 0;
    std::size_t fetches_pending = 0;  ///< requests whose answers it waits for
    std::uint32_t async_group = 0;
    std::uint64_t async_number = 0;
    isa::AsyncCopyToken async_token = 0;
};

using OperationId = std::uint32_t;

/// Reuses the storage of finished operations.
class OperationPool {
  public:
    [[nodiscard]] OperationId acquire() {
        if (free_.empty()) {
            operations_.emplace_back();
            return static_cast<OperationId>(operations_.size() - 1);
        }
        const OperationId id = free_.back();
        free_.pop_back();
        return id;
    }
    void release(OperationId id) { free_.push_back(id); }
    [[nodiscard]] MemoryOperation& operator[](OperationId id) { return operations_[id]; }
    [[nodiscard]] const MemoryOperation& operator[](OperationId id) const {
        return operations_[id];
    }
    [[nodiscard]] bool idle() const { return free_.size() == operations_.size(); }

  private:
    std::vector<MemoryOperation> operations_;
    std::vector<OperationId> free_;
};

}  // namespace sptc::sm
