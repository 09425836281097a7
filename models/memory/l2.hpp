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

/// What the crossbar asks of the L2.
class L2If : public virtual sc_core::sc_interface {
  public:
    /// A request reaches its slice at `now`; returns the cycle at which the answer leaves the
    /// slice.
    virtual base::Cycle access(const sm::MemoryRequest& request, base::Cycle now) = 0;
    /// The same for requests that reach their slices at one time, in this order, and whose answers
    /// nobody waits for.
    virtual void access_unanswered(std::span<const sm::MemoryRequest> requests,
                                   base::Cycle now) = 0;
};

/// The L2 cache: slices chosen by an address hash, each with tags (least recently used way goes),
/// sectors that are fetched on demand, write-back with write-allocate and no fetch (a store brings
/// whole sectors or merges), and a data bandwidth. A second request for a sector that is already on
/// its way waits for the same data.
class L2 : public sc_core::sc_module, public L2If {
  public:
    struct Statistics {
        std::uint64_t read_sectors = 0;
        std::uint64_t write_sectors = 0;
        std::uint64_t read_sector_misses = 0;
    };

    L2(const sc_core::sc_module_name& name, const L2Spec& spec);

    sc_core::sc_port<HbmIf> hbm;

    base::Cycle access(const sm::MemoryRequest& request, base::Cycle now) override;
    void access_unanswered(std::span<const sm::MemoryRequest> requests, base::Cycle now) override;

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
        Line* set;  ///< its first way
    };
    static constexpr std::uint64_t kNoLine = ~0ull;

    [[nodiscard]] Place place_of(std::uint64_t line_address);
    base::Cycle access_at(const Place& place, const sm::MemoryRequest& request, base::Cycle now);
    /// Makes a line the first of its set, in the place of the oldest when it was absent.
    Line& use(Line* set, std::uint64_t line_address, base::Cycle now);

    const L2Spec& spec_;
    std::uint64_t sets_per_slice_;
    base::Divider by_slices_;
    base::Divider by_sets_;
    /// [slice][set][way], the ways of a set from the last used to the oldest: many SMs ask for the
    /// same line at nearly the same time, and then find it first.
    std::vector<Line> lines_;
    std::array<base::Cycle, sm::kLineBytes / sm::kSectorBytes + 1>
        transfer_cycles_;  ///< by sectors
    std::vector<base::Cycle> slice_free_;
    Statistics statistics_;
};

}  // namespace sptc::memory
