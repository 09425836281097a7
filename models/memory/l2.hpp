#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <systemc>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/memory/address_map.hpp"
#include "models/memory/backlog.hpp"
#include "models/memory/hbm.hpp"
#include "models/memory/memory_spec.hpp"
#include "models/memory/unanswered_request.hpp"
#include "models/sm/memory_request.hpp"

namespace sptc::memory {

/// What the crossbar asks of the L2.
class L2If : public virtual sc_core::sc_interface {
  public:
    /// A request reaches its slice at `now`; returns the cycle at which the answer leaves the
    /// slice.
    virtual base::Cycle access(const sm::MemoryRequest& request, base::Cycle now) = 0;
    /// The same for requests that reach their slices at one time, in this order.
    virtual void access_unanswered(std::span<const UnansweredRequest> requests,
                                   base::Cycle now) = 0;
    /// A line will be accessed soon: the host's caches, which do not hold all sets, can fetch its
    /// set meanwhile. Changes no result.
    virtual void announce(std::uint32_t partition, std::uint64_t line_address) const = 0;
    /// The partition that an SM is connected to.
    [[nodiscard]] virtual std::uint32_t partition_of(std::uint32_t sm) const = 0;
};

/// The L2 cache. Every line has a home partition, the one at its memory channel. An SM reads
/// through its own partition, which caches lines of the others too: a near miss of such a line goes
/// over the link to its home, and from there, when it misses again, to memory. So what all SMs read
/// is kept once per partition, and a footprint beyond one partition's capacity begins to be far
/// (Luo et al., arXiv 2501.12084: a chase takes 203 cycles up to 16 MB and 408-415 at 32 MB). The
/// home is the point of coherence: writes and atomics go on there, and other partitions drop their
/// copies.
///
/// Each slice has tags (the least recently used way goes), sectors
/// that are fetched on demand, write-back with write-allocate and no fetch (a store brings whole
/// sectors or merges), and a data bandwidth. A second request for a sector that is already on its
/// way waits for the same data. Atomics are executed in the slice: it takes nothing else while
/// lanes that share a word take turns.
class L2 : public sc_core::sc_module, public L2If {
  public:
    struct Statistics {
        std::uint64_t read_sectors = 0;  ///< asked for by SMs
        std::uint64_t write_sectors = 0;
        std::uint64_t near_hit_sectors = 0;    ///< of these: in the SM's partition, or on their way
        std::uint64_t far_read_sectors = 0;    ///< absent there, read over a link from their home
        std::uint64_t far_hit_sectors = 0;     ///< of these: in the home
        std::uint64_t far_write_sectors = 0;   ///< written over a link
        std::uint64_t read_sector_misses = 0;  ///< fetched from memory
        std::uint64_t atomic_steps = 0;
    };

    L2(const sc_core::sc_module_name& name, const L2Spec& spec);

    sc_core::sc_port<HbmIf> hbm;

    base::Cycle access(const sm::MemoryRequest& request, base::Cycle now) override;
    void access_unanswered(std::span<const UnansweredRequest> requests, base::Cycle now) override;
    void announce(std::uint32_t partition, std::uint64_t line_address) const override;
    /// Neighbours alternate (assumed: which SMs are near which partition is not public).
    [[nodiscard]] std::uint32_t partition_of(std::uint32_t sm) const override {
        return sm % spec_.partitions;
    }

    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    void reset();

  private:
    struct Line {
        std::uint64_t address = kNoLine;
        base::Cycle fetched = 0;  ///< when the youngest fetch of this line is complete
        std::uint8_t valid = 0;   ///< sectors present or on their way
        std::uint8_t dirty = 0;
    };
    struct Partition {
        /// Many SMs ask for a line at nearly the same time: the last used line of each set stands
        /// apart, where it is likely to be in the host's caches.
        std::vector<Line> youngest;
        std::vector<Line> older;  ///< [set][way - 1], from the last used to the oldest
        std::vector<Backlog> slices;
        Backlog link;  ///< data from other partitions, in thousandths of a cycle
    };
    static constexpr std::uint64_t kNoLine = ~0ull;

    [[nodiscard]] std::uint32_t slice_of(const LinePlace& place) const {
        return place.home * slices_per_partition_ + place.slice;
    }
    base::Cycle access_from(std::uint32_t partition, const LinePlace& place,
                            std::uint8_t sector_mask, bool write, std::uint32_t atomic_steps,
                            base::Cycle now);
    /// Reads sectors in one partition; absent ones are fetched from the home or from memory. Counts
    /// the sectors that are there.
    base::Cycle read(std::uint32_t partition, const LinePlace& place, std::uint8_t sector_mask,
                     base::Cycle now, std::uint64_t& hit_sectors);
    base::Cycle read_far(std::uint32_t partition, const LinePlace& place, std::uint8_t sector_mask,
                         base::Cycle now);
    /// Writes, or reads, changes and keeps, sectors in the home partition.
    base::Cycle write(const LinePlace& place, std::uint8_t sector_mask, base::Cycle now);
    base::Cycle change(const LinePlace& place, std::uint8_t sector_mask, std::uint32_t steps,
                       base::Cycle now);
    void drop_copies(const LinePlace& place, std::uint8_t sector_mask);
    /// Data passes the link into a partition; returns its arrival.
    base::Cycle cross_link(std::uint32_t into, std::uint8_t sector_mask, base::Cycle now);
    /// The slice passes a request's data; returns when it begins.
    base::Cycle serve(std::uint32_t partition, const LinePlace& place, std::uint8_t sector_mask,
                      base::Cycle now);
    /// The line, made the youngest of its set, in the place of the oldest when it was absent.
    Line& touch(std::uint32_t partition, const LinePlace& place, base::Cycle now);
    void make_youngest(Partition& partition, const LinePlace& place, base::Cycle now);

    const L2Spec& spec_;
    AddressMap map_;
    std::uint32_t slices_per_partition_;
    std::vector<Partition> partitions_;
    std::array<base::Cycle, sm::kLineBytes / sm::kSectorBytes + 1> slice_cycles_;  ///< by sectors
    std::uint64_t link_sector_millicycles_;
    Statistics statistics_;
};

}  // namespace sptc::memory
