#pragma once
#include <cstdint>
#include <systemc>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/memory/backlog.hpp"
#include "models/memory/memory_spec.hpp"

namespace sptc::memory {

/// What an L2 slice asks of the device memory.
class HbmIf : public virtual sc_core::sc_interface {
  public:
    /// Slice `slice` of the whole L2 reads sectors; returns the cycle at which the data is back.
    virtual base::Cycle read(std::uint32_t slice, std::uint32_t sectors, base::Cycle now) = 0;
    /// Writes sectors; only occupies the channel.
    virtual void write(std::uint32_t slice, std::uint32_t sectors, base::Cycle now) = 0;
};

/// Device memory as channels with a bandwidth each and one latency. No rows, refresh or read/write
/// turnaround: the efficiency in the configuration stands for them.
class Hbm : public sc_core::sc_module, public HbmIf {
  public:
    struct Statistics {
        std::uint64_t read_sectors = 0;
        std::uint64_t write_sectors = 0;
    };

    /// The slices of the L2 are spread evenly over the channels, neighbours at the same one.
    Hbm(const sc_core::sc_module_name& name, const HbmSpec& spec, std::uint32_t l2_slices);

    base::Cycle read(std::uint32_t slice, std::uint32_t sectors, base::Cycle now) override;
    void write(std::uint32_t slice, std::uint32_t sectors, base::Cycle now) override;

    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    void reset();

  private:
    /// Occupies a channel; returns the cycle at which the last sector has passed.
    base::Cycle transfer(std::uint32_t slice, std::uint32_t sectors, base::Cycle now);

    const HbmSpec& spec_;
    std::uint64_t sector_millicycles_;  ///< a sector on one channel, in thousandths of a cycle
    std::uint32_t l2_slices_;
    std::vector<Backlog> channels_;  ///< in thousandths of a cycle
    Statistics statistics_;
};

}  // namespace sptc::memory
