#pragma once
#include <cstdint>
#include <vector>

#include "traces/sanitize/clocks.hpp"

namespace sptc::sanitize {

/// Lanes of one warp that did the same to some bytes in one epoch.
struct Touch {
    std::uint32_t epoch = 0;
    std::uint32_t op = 0;
    std::uint32_t lanes = 0;  ///< 0: nobody
    std::uint32_t warp = 0;
    [[nodiscard]] bool present() const { return lanes != 0; }
};

/// The last write of a piece of shared memory.
struct LastWrite : Touch {
    std::uint32_t instruction = 0;  ///< number of the executed warp instruction
    bool in_flight = false;  ///< of a cp.async that its lane has not waited for: ordered before
                             ///< nothing
};

/// What has happened to each piece (granule) of a CTA's shared memory since nobody knew of it any
/// more: the last write, and the reads that no later access is known to follow.
class SharedShadow {
  public:
    SharedShadow(std::uint32_t bytes, std::uint32_t granule_bytes, std::uint32_t warps);

    [[nodiscard]] std::uint32_t granule_bytes() const { return granule_bytes_; }
    [[nodiscard]] LastWrite& last_write(std::uint32_t granule) { return cells_[granule].write; }

    /// Remembers a read.
    void add_read(std::uint32_t granule, const Touch& read, std::uint32_t lane,
                  const Clocks& clocks);

    /// Calls visit(Touch) for every remembered read and forgets them.
    template <class Visit>
    void take_reads(std::uint32_t granule, Visit&& visit) {
        Cell& cell = cells_[granule];
        if (cell.more < 0) {
            if (cell.read.present()) visit(cell.read);
        } else {
            for (std::uint32_t warp = 0; warp < warps_; ++warp) {
                Touch& read = more_[static_cast<std::size_t>(cell.more) * warps_ + warp];
                if (read.present()) visit(read);
                read = {};
            }
            free_.push_back(cell.more);
            cell.more = -1;
        }
        cell.read = {};
    }

  private:
    struct Cell {
        LastWrite write;
        Touch read;              ///< the only one
        std::int32_t more = -1;  ///< or a block of `more_`, one by warp
    };
    std::int32_t take_block();

    std::uint32_t granule_bytes_;
    std::uint32_t warps_;
    std::vector<Cell> cells_;
    std::vector<Touch> more_;
    std::vector<std::int32_t> free_;
};

}  // namespace sptc::sanitize
