#include "traces/ptx/warp_path.hpp"

#include <algorithm>
#include <bit>

namespace sptc::ptx {
namespace {

// How patient lanes are (assumed: a GPU promises progress but no schedule).
constexpr std::uint32_t kRoundsOfSpinLoop = 32;  // of a loop that may wait for another thread
constexpr std::uint32_t kRounds = 1u << 16;      // of any other loop
constexpr std::uint32_t kTurnOps = 256;          // that a group runs ahead

}  // namespace

std::uint64_t WarpPath::edge_key(std::uint32_t from, std::uint32_t to) const {
    const FlowPoint& point = flow_[to];
    const bool latch = point.latch != 0 && goes_back(from, to);
    return key(depth_, latch ? point.latch : point.order);
}

void WarpPath::count_round(std::uint32_t to) {
    if (++rounds_ >= (flow_[to].spins ? kRoundsOfSpinLoop : kRounds)) over_ = true;
}

void WarpPath::move(std::uint32_t next) {
    if (goes_back(pc_, next)) count_round(next);
    key_ = edge_key(pc_, next);
    pc_ = next;
    settle();
}

void WarpPath::part(std::uint32_t taken, std::uint32_t target, std::uint32_t next) {
    for (const std::uint32_t to : {target, next}) {
        if (goes_back(pc_, to)) count_round(to);
    }
    push({taken, target, depth_, false, edge_key(pc_, target)});
    key_ = edge_key(pc_, next);
    active_ &= ~taken;
    pc_ = next;
    settle();
}

void WarpPath::exit(std::uint32_t mask, std::uint32_t next) {
    alive_ &= ~mask;
    active_ &= ~mask;
    if (active_ != 0) return go(next);
    if (waiting_ != 0) return choose();
    pc_ = next;
}

void WarpPath::call(std::uint32_t mask, std::uint32_t entry, std::uint32_t next) {
    if (mask == 0) return go(next);
    if (mask == active_) {
        ++depth_;
        pc_ = entry;
        key_ = key(depth_, flow_[entry].order);
        if (waiting_ != 0) settle();
        return;
    }
    push({mask, entry, depth_ + 1, false, key(depth_ + 1, flow_[entry].order)});
    active_ &= ~mask;
    key_ = edge_key(pc_, next);
    pc_ = next;
    settle();
}

void WarpPath::scatter(std::uint32_t mask, const Targets& targets, std::uint32_t next) {
    distribute(mask, targets, next, depth_);
}

void WarpPath::leave(std::uint32_t mask, const Targets& targets, std::uint32_t next) {
    distribute(mask, targets, next, depth_ - 1);
}

void WarpPath::distribute(std::uint32_t mask, const Targets& targets, std::uint32_t next,
                          std::uint32_t depth) {
    if (mask == 0) return go(next);
    if (active_ != mask) push({active_ & ~mask, next, depth_, false, edge_key(pc_, next)});
    const std::uint32_t from = pc_;
    const bool leaves = depth != depth_;
    for (std::uint32_t rest = mask; rest != 0;) {
        const std::uint32_t target = targets[static_cast<std::size_t>(std::countr_zero(rest))];
        std::uint32_t lanes = 0;
        for (std::uint32_t others = rest; others != 0; others &= others - 1) {
            const int lane = std::countr_zero(others);
            if (targets[static_cast<std::size_t>(lane)] == target) lanes |= 1u << lane;
        }
        rest &= ~lanes;
        if (!leaves && goes_back(from, target)) count_round(target);
        const std::uint64_t to = leaves ? key(depth, flow_[target].order) : edge_key(from, target);
        if (rest != 0) {
            push({lanes, target, depth, false, to});
            continue;
        }
        active_ = lanes;
        depth_ = depth;
        pc_ = target;
        key_ = to;
    }
    if (waiting_ != 0) settle();
}

void WarpPath::push(const Group& group) {
    if (waiting_ == 0) next_key_ = UINT64_MAX;
    groups_[waiting_++] = group;
    if (!group.yielded) next_key_ = std::min(next_key_, group.key);
}

void WarpPath::park(bool yielded) {
    push({active_, pc_, depth_, yielded, key_});
    active_ = 0;
}

/// The running group has moved: who runs now?
void WarpPath::settle() {
    if (turn_ != 0 && (--turn_ == 0 || flow_[pc_].gathers)) over_ = true;
    if (key_ < next_key_ && !over_) return;
    if (over_) {
        over_ = false;
        rounds_ = 0;
        park(true);
    } else {
        park(false);
    }
    choose();
}

/// Nobody runs: the group with the smallest key that has not had its turn.
void WarpPath::choose() {
    while (true) {
        std::uint64_t best = UINT64_MAX;
        bool ahead = false;
        for (std::uint32_t i = 0; i < waiting_; ++i) {
            ahead = ahead || groups_[i].yielded;
            if (!groups_[i].yielded) best = std::min(best, groups_[i].key);
        }
        if (best == UINT64_MAX) {  // everybody has had a turn
            for (std::uint32_t i = 0; i < waiting_; ++i) groups_[i].yielded = false;
            continue;
        }
        active_ = 0;
        next_key_ = UINT64_MAX;
        std::uint32_t kept = 0;
        for (std::uint32_t i = 0; i < waiting_; ++i) {
            const Group group = groups_[i];
            if (!group.yielded && group.key == best) {
                active_ |= group.lanes;
                pc_ = group.pc;
                depth_ = group.depth;
                continue;
            }
            if (!group.yielded) next_key_ = std::min(next_key_, group.key);
            groups_[kept++] = group;
        }
        waiting_ = kept;
        key_ = best;
        turn_ = ahead ? kTurnOps : 0;
        if (!ahead || !flow_[pc_].gathers) break;
        park(true);  // the whole warp is needed here, and some of it is behind
    }
    if (waiting_ == 0) rounds_ = turn_ = 0;
}

}  // namespace sptc::ptx
