#pragma once
#include <deque>

#include "models/base/channel.hpp"
#include "models/sm/memory_operation.hpp"
#include "models/sm/memory_request.hpp"
#include "models/sm/sm_spec.hpp"

namespace sptc::sm {

/// The way of global loads, stores and asynchronous copies from the SM to the L2: one line request
/// per cycle (a store or an atomic needs a cycle per sector, as its data travels with it), bounded
/// requests under way. There is no L1 data cache yet: cp.async.cg bypasses it on hardware too, and
/// the model sends every ld.global to the L2. Part of the SM.
class GlobalPath {
  public:
    struct Statistics {
        std::uint64_t load_sectors = 0;
        std::uint64_t store_sectors = 0;
        std::uint64_t requests = 0;
    };

    GlobalPath(const GlobalPathSpec& spec, std::uint32_t sm, OperationPool& pool)
        : spec_(spec),
          sm_(sm),
          pool_(pool),
          requests_(spec.outstanding_lines, spec.request_cycles) {}

    [[nodiscard]] bool can_push() const { return waiting_.size() < spec_.queue_entries; }
    void push(OperationId id) { waiting_.push_back(id); }

    void tick(base::Cycle now);
    [[nodiscard]] base::Cycle due(base::Cycle now) const;

    /// An answer has come; true when it was the operation's last.
    [[nodiscard]] bool answered(OperationId id);

    /// Towards the L2.
    [[nodiscard]] base::Channel<MemoryRequest>& requests() { return requests_; }
    [[nodiscard]] const base::Channel<MemoryRequest>& requests() const { return requests_; }
    [[nodiscard]] std::size_t under_way() const { return under_way_; }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    /// A new kernel: time starts at 0 again.
    void reset() {
        SPTC_ASSERT(under_way_ == 0);
        port_free_ = 0;
        statistics_ = {};
    }

  private:
    [[nodiscard]] bool can_send() const {
        return !waiting_.empty() && under_way_ < spec_.outstanding_lines && requests_.can_push();
    }

    const GlobalPathSpec& spec_;
    std::uint32_t sm_;
    OperationPool& pool_;
    base::Channel<MemoryRequest> requests_;
    std::deque<OperationId> waiting_;
    base::Cycle port_free_ = 0;
    std::size_t under_way_ = 0;
    Statistics statistics_;
};

}  // namespace sptc::sm
