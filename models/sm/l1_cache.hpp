#pragma once
#include <cstdint>
#include <vector>

#include "models/base/channel.hpp"
#include "models/sm/global_path.hpp"
#include "models/sm/l1_tags.hpp"
#include "models/sm/memory_operation.hpp"
#include "models/sm/sm_spec.hpp"
#include "models/sm/timeline.hpp"

namespace sptc::sm {

/// Who hears that a global instruction is done with the memory system. Implemented by the SM.
class L1Listener {
  public:
    virtual ~L1Listener() = default;
    /// All data of a load, atomic or asynchronous copy has come, or all of a store has been
    /// accepted.
    virtual void global_done(OperationId id) = 0;
};

/// The L1 data cache of an SM and the way of global instructions through it: a pipeline up to the
/// tags, then one line per tag bank and cycle; sectors that are absent are fetched from the L2, a
/// sector on its way is waited for and not fetched twice (a miss status register per fetch).
/// Stores go through and allocate nothing; atomics and loads of CachePolicy::kL2 pass by. The data
/// array is the one of shared memory: what has come is read there. The L1 sees no writes of other
/// SMs, but values are those of execution. Part of the SM.
class L1Cache {
  public:
    struct Statistics {
        std::uint64_t load_sectors = 0;    ///< asked for by what looks into the L1
        std::uint64_t hit_sectors = 0;     ///< present
        std::uint64_t merged_sectors = 0;  ///< on their way
    };

    L1Cache(const L1Spec& spec, OperationPool& pool, GlobalPath& path, L1Listener& listener)
        : spec_(spec),
          pool_(pool),
          path_(path),
          listener_(listener),
          tags_(spec),
          input_(spec.queue_entries + spec.tag_cycles, spec.tag_cycles) {}

    /// A new kernel leaves `bytes` of the data array to the L1; it is empty.
    void reset(std::uint32_t bytes);

    /// Records tag passes from now on; nullptr: no more.
    void record(Timeline* timeline) { timeline_ = timeline; }

    [[nodiscard]] bool can_push() const { return input_.can_push(); }
    /// The operation has lines.
    void push(OperationId id, base::Cycle now);
    /// One tag pass of the oldest instruction.
    void tick(base::Cycle now);
    [[nodiscard]] base::Cycle due(base::Cycle now) const;
    /// The L2 has answered a request.
    void answered(L1Tags::FetchId fetch);

    [[nodiscard]] const Statistics& statistics() const { return statistics_; }

  private:
    struct Fetch {
        std::vector<OperationId> waiting;
        L1Tags::Line* line = nullptr;  ///< null: it bypasses the L1
        std::uint8_t sector_mask = 0;
    };

    void look_up(OperationId id, const LineSectors& line);
    void join(L1Tags::FetchId fetch, OperationId id);
    void request(OperationId id, const LineSectors& line, std::uint8_t sector_mask,
                 L1Tags::Line* entry);

    const L1Spec& spec_;
    OperationPool& pool_;
    GlobalPath& path_;
    L1Listener& listener_;
    L1Tags tags_;
    base::Channel<OperationId> input_;
    std::vector<Fetch> fetches_;
    std::vector<L1Tags::FetchId> free_fetches_;
    Timeline* timeline_ = nullptr;
    Statistics statistics_;
};

}  // namespace sptc::sm
