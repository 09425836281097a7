#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "models/isa/instruction.hpp"

namespace sptc::sm {

/// The cp.async groups of every warp: which copies have landed, which waits are satisfied. Part of
/// the SM.
class AsyncCopy {
  public:
    explicit AsyncCopy(std::uint32_t warps) : warps_(warps) {}

    void reset(std::uint32_t warp) { warps_[warp] = {}; }

    /// A cp.async is issued: it joins the warp's open group. Returns the group's number.
    std::uint32_t start(std::uint32_t warp);
    /// cp.async.commit_group: closes the open group (which may be empty).
    void commit(std::uint32_t warp);
    /// One copy of a group has landed. Returns the tokens of the arrivals for which it was the
    /// last; valid until the next call.
    std::span<const isa::AsyncCopyToken> landed(std::uint32_t warp, std::uint32_t group,
                                                std::uint64_t number);
    /// The number of the copy started last by a warp: they count from 1.
    [[nodiscard]] std::uint64_t last_number(std::uint32_t warp) const {
        return warps_[warp].last_number;
    }
    /// cp.async.mbarrier.arrive: `token` is due when the copies started so far have landed. True
    /// when they have already.
    [[nodiscard]] bool arrive(std::uint32_t warp, isa::AsyncCopyToken token);

    /// Are all but the newest `pending_groups` committed groups complete?
    [[nodiscard]] bool satisfied(std::uint32_t warp, std::uint32_t pending_groups) const;
    /// Copies of a warp still under way.
    [[nodiscard]] std::uint32_t under_way(std::uint32_t warp) const {
        return warps_[warp].under_way;
    }

  private:
    struct Arrival {
        isa::AsyncCopyToken token;
        std::uint64_t last_number;  ///< it waits for copies up to this one
        std::uint32_t copies;       ///< of these under way
    };
    struct WarpGroups {
        std::uint32_t first = 0;              ///< number of copies.front()
        std::deque<std::uint32_t> copies{0};  ///< under way, per group; the last one is open
        std::uint32_t under_way = 0;
        std::uint64_t last_number = 0;
        std::deque<Arrival> arrivals;
    };
    std::vector<WarpGroups> warps_;
    std::vector<isa::AsyncCopyToken> due_;  ///< what landed() returns
};

}  // namespace sptc::sm
