#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "models/isa/mma.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// Where a warp is. As long as all living lanes go the same way there is one program counter. When
/// a branch parts them they form groups; the group with the smallest order of Program::flow runs,
/// those deeper in calls first, and groups that come to the same place become one (flow_order.hpp).
///
/// Lanes make progress even when some spin for others: after some rounds through a loop the running
/// group lets the next one run ahead for a turn, though not into an operation of the whole warp.
class WarpPath {
  public:
    /// `flow` must outlive the object; it may be null when lanes never part.
    explicit WarpPath(std::uint32_t lanes = 0, const FlowPoint* flow = nullptr)
        : alive_(lanes), active_(lanes), flow_(flow) {}

    [[nodiscard]] std::uint32_t pc() const { return pc_; }
    [[nodiscard]] std::uint32_t alive() const { return alive_; }
    [[nodiscard]] std::uint32_t active() const { return active_; }  ///< lanes at pc()

    /// All active lanes go on to `next`.
    void go(std::uint32_t next) {
        if (waiting_ != 0) return move(next);
        pc_ = next;
    }

    /// The lanes of `taken` jump to `target`, the other active ones to `next`.
    void branch(std::uint32_t taken, std::uint32_t target, std::uint32_t next) {
        if (taken == 0) return go(next);
        if (taken == active_ || target == next) return go(target);
        // Lanes that only have to end do so at once: nobody waits for them at a barrier.
        if (flow_[target].ends) return end(taken, next);
        if (flow_[next].ends) return end(active_ & ~taken, target);
        part(taken, target, next);
    }

    /// The lanes of `mask` end; the other active ones go on to `next`.
    void exit(std::uint32_t mask, std::uint32_t next);

    /// The lanes of `mask` enter a function at `entry`; the other active ones go on to `next`.
    void call(std::uint32_t mask, std::uint32_t entry, std::uint32_t next);

    using Targets = std::array<std::uint32_t, isa::kLanes>;

    /// Every lane of `mask` goes to its own target; the other active ones to `next`.
    void scatter(std::uint32_t mask, const Targets& targets, std::uint32_t next);

    /// The same, and the lanes of `mask` leave the function that they are in.
    void leave(std::uint32_t mask, const Targets& targets, std::uint32_t next);

  private:
    struct Group {
        std::uint32_t lanes = 0;
        std::uint32_t pc = 0;
        std::uint32_t depth = 0;  ///< calls
        bool yielded = false;     ///< has had its turn
        std::uint64_t key = 0;    ///< the smallest runs
    };

    static std::uint64_t key(std::uint32_t depth, std::uint32_t order) {
        return (std::uint64_t{UINT32_MAX - depth} << 32) | order;
    }
    /// The key of lanes that go from `from` to `to` in one function.
    [[nodiscard]] std::uint64_t edge_key(std::uint32_t from, std::uint32_t to) const;
    [[nodiscard]] bool goes_back(std::uint32_t from, std::uint32_t to) const {
        return flow_[to].order <= flow_[from].order;
    }
    void end(std::uint32_t lanes, std::uint32_t next) {
        alive_ &= ~lanes;
        active_ &= ~lanes;
        go(next);
    }
    void move(std::uint32_t next);
    void part(std::uint32_t taken, std::uint32_t target, std::uint32_t next);
    void distribute(std::uint32_t mask, const Targets& targets, std::uint32_t next,
                    std::uint32_t depth);
    void count_round(std::uint32_t to);
    void push(const Group& group);
    void park(bool yielded);
    void choose();
    void settle();

    std::uint32_t alive_;
    std::uint32_t active_;
    std::uint32_t pc_ = 0;
    std::uint32_t depth_ = 0;
    std::uint32_t waiting_ = 0;  ///< groups that do not run
    const FlowPoint* flow_;
    std::uint64_t key_ = 0;       ///< of the running group; valid while others wait
    std::uint64_t next_key_ = 0;  ///< the smallest of those that wait and have not yielded
    std::uint32_t rounds_ = 0;    ///< through loops since the last turn
    std::uint32_t turn_ = 0;      ///< ops that are left to a group that runs ahead; 0: none does
    bool over_ = false;           ///< the running group's turn
    std::array<Group, isa::kLanes> groups_;
};

}  // namespace sptc::ptx
