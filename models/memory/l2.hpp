#pragma once
#include <cstdint>
#include <systemc>
#include <vector>

#include "models/base/cycle.hpp"
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

    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    void reset();

  private:
    struct Line {
        std::uint64_t last_use = 0;
        base::Cycle fetched = 0;  ///< when the youngest fetch of this line is complete
        std::uint8_t valid = 0;   ///< sectors present or on their way
        std::uint8_t dirty = 0;
    };
    static constexpr std::uint64_t kNoLine = ~0ull;

    /// The line's way, after eviction of the oldest when it was absent.
    Line& find_or_replace(std::uint64_t line_address, std::uint64_t hash, base::Cycle now);

    const L2Spec& spec_;
    std::uint32_t sets_per_slice_;
    /// Line addresses [slice][set][way], apart from the rest so that a set is few host cache lines.
    std::vector<std::uint64_t> tags_;
    std::vector<Line> lines_;  ///< the same order
    std::vector<base::Cycle> slice_free_;
    std::uint64_t uses_ = 0;
    Statistics statistics_;
};

}  // namespace sptc::memory
