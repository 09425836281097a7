#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <systemc>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/base/divider.hpp"
#include "models/memory/hbm.hpp"
#include "models/memory/memory_spec.hpp"
#include "models/sm/memory_request.hpp"

namespace sptc::memory {

/// A request whose answer nobody waits for, in one word: there are many of them.
class UnansweredRequest {
  public:
    UnansweredRequest(std::uint64_t line_address, std::uint8_t sector_mask, bool write,
                      std::uint8_t atomic_steps = 0)
        : bits_(line_address | (write ? kWrite : 0u) | sector_mask |
                std::uint64_t{atomic_steps} << kStepsBit) {}

    [[nodiscard]] std::uint64_t line_address() const { return bits_ & ~kOffset & ~kSteps; }
    [[nodiscard]] std::uint8_t atomic_steps() const {
        return static_cast<std::uint8_t>(bits_ >> kStepsBit);
    }
    [[nodiscard]] std::uint8_t sector_mask() const {
        return static_cast<std::uint8_t>(bits_ & kSectors);
    }
    [[nodiscard]] bool write() const { return (bits_ & kWrite) != 0; }

  private:
    static constexpr std::uint64_t kOffset = sm::kLineBytes - 1;  ///< 0 in a line's address
    static constexpr std::uint64_t kSectors = (1u << (sm::kLineBytes / sm::kSectorBytes)) - 1;
    static constexpr std::uint64_t kWrite = kSectors + 1;
    static_assert(kWrite <= kOffset);
    static constexpr int kStepsBit = 58;  ///< above every device address
    static constexpr std::uint64_t kSteps = ~0ull << kStepsBit;

    std::uint64_t bits_;
};

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
    virtual void announce(std::uint64_t line_address) const = 0;
};

/// The L2 cache: slices chosen by an address hash, each with tags (least recently used way goes),
/// sectors that are fetched on demand, write-back with write-allocate and no fetch (a store brings
/// whole sectors or merges), and a data bandwidth. A second request for a sector that is already on
/// its way waits for the same data. Atomics are executed in the slice: it takes nothing else while
/// lanes that share a word take turns.
class L2 : public sc_core::sc_module, public L2If {
  public:
    struct Statistics {
        std::uint64_t read_sectors = 0;
        std::uint64_t write_sectors = 0;
        std::uint64_t read_sector_misses = 0;
        std::uint64_t atomic_steps = 0;
    };

    L2(const sc_core::sc_module_name& name, const L2Spec& spec);

    sc_core::sc_port<HbmIf> hbm;

    base::Cycle access(const sm::MemoryRequest& request, base::Cycle now) override;
    void access_unanswered(std::span<const UnansweredRequest> requests, base::Cycle now) override;
    void announce(std::uint64_t line_address) const override;

    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    void reset();

  private:
    struct Line {
        std::uint64_t address = kNoLine;
        base::Cycle fetched = 0;  ///< when the youngest fetch of this line is complete
        std::uint8_t valid = 0;   ///< sectors present or on their way
        std::uint8_t dirty = 0;
    };
    /// Where a line belongs.
    struct Place {
        std::uint64_t slice;
        std::uint64_t set;  ///< counted over all slices
    };
    static constexpr std::uint64_t kNoLine = ~0ull;

    [[nodiscard]] Place place_of(std::uint64_t line_address) const;
    base::Cycle access_at(const Place& place, std::uint64_t line_address, std::uint8_t sector_mask,
                          bool write, base::Cycle now);
    /// Reads, changes and keeps the sectors; lanes that share a word do so one after another.
    base::Cycle change_at(const Place& place, std::uint64_t line_address, std::uint8_t sector_mask,
                          std::uint32_t steps, base::Cycle now);
    /// Makes a line the youngest of its set, in the place of the oldest when it was absent.
    void make_youngest(std::uint64_t set, std::uint64_t line_address, base::Cycle now);

    const L2Spec& spec_;
    std::uint64_t sets_per_slice_;
    base::Divider by_slices_;
    base::Divider by_sets_;
    /// Many SMs ask for a line at nearly the same time: the last used line of each set stands
    /// apart, where it is likely to be in the host's caches.
    std::vector<Line> youngest_;
    std::vector<Line> older_;  ///< [set][way - 1], from the last used to the oldest
    std::array<base::Cycle, sm::kLineBytes / sm::kSectorBytes + 1>
        transfer_cycles_;  ///< by sectors
    std::vector<base::Cycle> slice_free_;
    Statistics statistics_;
};

}  // namespace sptc::memory
