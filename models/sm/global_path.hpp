#pragma once
#include <deque>

#include "models/base/channel.hpp"
#include "models/isa/instruction.hpp"
#include "models/sm/memory_request.hpp"
#include "models/sm/sm_spec.hpp"

namespace sptc::sm {

/// The port of an SM to the network: one line request per cycle (a store or an atomic needs a
/// cycle per sector, as its data travels with it), and a bounded number of sectors under way. Part
/// of the SM.
class GlobalPath {
  public:
    struct Statistics {
        std::uint64_t load_sectors = 0;
        std::uint64_t store_sectors = 0;
        std::uint64_t requests = 0;
    };

    GlobalPath(const GlobalPathSpec& spec, std::uint32_t sm)
        : spec_(spec), sm_(sm), requests_(spec.outstanding_sectors, spec.request_cycles) {}

    /// Is there room for the requests of one tag pass?
    [[nodiscard]] bool can_push() const { return waiting_.size() < spec_.queue_entries; }
    /// `name` is the SM's own for the request; the answer carries it.
    void push(std::uint64_t line_address, std::uint8_t sector_mask, std::uint8_t atomic_steps,
              isa::Operation operation, std::uint32_t name);

    void tick(base::Cycle now);
    [[nodiscard]] base::Cycle due(base::Cycle now) const;

    /// An answer has come for a request of so many sectors.
    void answered(std::uint32_t sectors) {
        SPTC_ASSERT(sectors <= outstanding_sectors_);
        outstanding_sectors_ -= sectors;
    }

    /// Towards the L2.
    [[nodiscard]] base::Channel<MemoryRequest>& requests() { return requests_; }
    [[nodiscard]] const base::Channel<MemoryRequest>& requests() const { return requests_; }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    /// A new kernel: time starts at 0 again.
    void reset() {
        SPTC_ASSERT(outstanding_sectors_ == 0 && waiting_.empty());
        port_free_ = 0;
        statistics_ = {};
    }

  private:
    struct Waiting {
        MemoryRequest request;
        std::uint32_t port_cycles;
    };
    [[nodiscard]] bool can_send() const {
        return !waiting_.empty() && outstanding_sectors_ + waiting_.front().request.sectors() <=
                                        spec_.outstanding_sectors;
    }

    const GlobalPathSpec& spec_;
    std::uint32_t sm_;
    base::Channel<MemoryRequest> requests_;
    std::deque<Waiting> waiting_;
    base::Cycle port_free_ = 0;
    std::uint32_t outstanding_sectors_ = 0;
    Statistics statistics_;
};

}  // namespace sptc::sm
