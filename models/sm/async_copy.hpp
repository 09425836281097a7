#pragma once
#include <cstdint>
#include <deque>
#include <vector>

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
    /// One copy of a group has landed.
    void landed(std::uint32_t warp, std::uint32_t group);

    /// Are all but the newest `pending_groups` committed groups complete?
    [[nodiscard]] bool satisfied(std::uint32_t warp, std::uint32_t pending_groups) const;
    /// Copies of a warp still under way.
    [[nodiscard]] std::uint32_t under_way(std::uint32_t warp) const {
        return warps_[warp].under_way;
    }

  private:
    struct WarpGroups {
        std::uint32_t first = 0;              ///< number of copies.front()
        std::deque<std::uint32_t> copies{0};  ///< under way, per group; the last one is open
        std::uint32_t under_way = 0;
    };
    std::vector<WarpGroups> warps_;
};

}  // namespace sptc::sm
