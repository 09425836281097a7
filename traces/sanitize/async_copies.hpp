#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "models/isa/instruction.hpp"

namespace sptc::sanitize {

/// What one lane copies by one cp.async.
struct LaneCopy {
    std::uint32_t first_granule = 0;
    std::uint32_t granules = 0;
    std::uint32_t op = 0;
    std::uint32_t instruction = 0;  ///< number of the executed warp instruction
    std::uint32_t group = 0;        ///< of the lane, from 0
    std::uint32_t warp = 0;
    std::uint32_t lane = 0;
    std::uint32_t epoch = 0;  ///< of the warp when it left the wait to an mbarrier; 0: it did not
};

/// The cp.async of one CTA that their lanes have not waited for. Every lane has groups of its own.
class AsyncCopies {
  public:
    explicit AsyncCopies(std::uint32_t warps) : warps_(warps) {}

    void issue(LaneCopy copy);
    void commit(std::uint32_t warp, std::uint32_t mask);

    /// cp.async.wait_group: the copies of each lane but those of its last `pending` groups.
    [[nodiscard]] std::vector<LaneCopy> wait(std::uint32_t warp, std::uint32_t mask,
                                             std::uint32_t pending);
    /// cp.async.mbarrier.arrive: all copies of a lane so far.
    [[nodiscard]] std::vector<LaneCopy> take(std::uint32_t warp, std::uint32_t lane);

  private:
    struct Lane {
        std::uint32_t committed = 0;  ///< groups
        std::vector<LaneCopy> open;   ///< in order of issue
    };
    std::vector<std::array<Lane, isa::kLanes>> warps_;
};

}  // namespace sptc::sanitize
