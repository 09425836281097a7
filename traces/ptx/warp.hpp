#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

/// Where a warp is. As long as all living lanes go the same way there is one program counter. When
/// a branch parts them each lane keeps its own, and the lanes with the smallest one run first:
/// forward branches meet again at their join, and loops run until their last lane leaves. (A lane
/// that spins for another lane of its own warp never ends, as before Volta.)
class WarpPath {
  public:
    explicit WarpPath(std::uint32_t lanes = 0) : alive_(lanes), active_(lanes) {}

    [[nodiscard]] std::uint32_t pc() const { return pc_; }
    [[nodiscard]] std::uint32_t alive() const { return alive_; }
    [[nodiscard]] std::uint32_t active() const { return active_; }  ///< lanes at pc()

    /// All active lanes go on to `next`.
    void go(std::uint32_t next) {
        pc_ = next;
        if (active_ != alive_) {
            set(active_, next);
            choose();
        }
    }

    /// The lanes of `taken` jump to `target`, the other active ones to `next`.
    void branch(std::uint32_t taken, std::uint32_t target, std::uint32_t next) {
        if (taken == 0) return go(next);
        if (taken == active_) return go(target);
        if (active_ == alive_) set(alive_, pc_);
        set(active_ & ~taken, next);
        set(taken, target);
        choose();
    }

    /// The lanes of `mask` end; the other active ones go on to `next`.
    void exit(std::uint32_t mask, std::uint32_t next) {
        const bool together = active_ == alive_;
        alive_ &= ~mask;
        active_ &= ~mask;
        if (together) {
            pc_ = next;
            return;
        }
        set(active_, next);
        choose();
    }

  private:
    void set(std::uint32_t lanes, std::uint32_t pc) {
        for (; lanes != 0; lanes &= lanes - 1) {
            lane_pcs_[static_cast<std::size_t>(std::countr_zero(lanes))] = pc;
        }
    }

    void choose() {
        pc_ = UINT32_MAX;
        for (std::uint32_t rest = alive_; rest != 0; rest &= rest - 1) {
            const std::uint32_t lane_pc =
                lane_pcs_[static_cast<std::size_t>(std::countr_zero(rest))];
            if (lane_pc < pc_) {
                pc_ = lane_pc;
                active_ = 0;
            }
            if (lane_pc == pc_) active_ |= rest & (~rest + 1);
        }
        if (alive_ == 0) active_ = 0;
    }

    std::uint32_t alive_;
    std::uint32_t active_;
    std::uint32_t pc_ = 0;
    std::array<std::uint32_t, isa::kLanes> lane_pcs_{};  ///< valid while active_ != alive_
};

/// The lanes of a warp that execute the op at its pc: those on the path whose guard holds.
[[nodiscard]] inline std::uint32_t executing_lanes(const WarpPath& path, const Op& op,
                                                   const std::vector<std::uint32_t>& predicates) {
    if (op.guard < 0) return path.active();
    const std::uint32_t guard = predicates[static_cast<std::size_t>(op.guard)];
    return path.active() & (op.guard_negated ? ~guard : guard);
}

/// Moves a warp on after the lanes of `mask` have executed the op at its pc.
inline void advance(WarpPath& path, const Op& op, std::uint32_t mask) {
    const std::uint32_t next = path.pc() + 1;
    switch (op.control) {
        case Control::kNext:
            return path.go(next);
        case Control::kBranch:
            return path.branch(mask, op.target, next);
        case Control::kExit:
            return path.exit(mask, next);
    }
}

/// The lanes with which a warp of a CTA begins.
[[nodiscard]] inline std::uint32_t lanes_of_warp(const isa::KernelShape& shape,
                                                 std::uint32_t warp) {
    const std::uint32_t threads = shape.threads_per_cta() - warp * isa::kLanes;
    return threads >= isa::kLanes ? kAllLanes : (1u << threads) - 1;
}

/// The registers of one warp; constants stand behind them.
struct WarpRegisters {
    explicit WarpRegisters(const Program& program)
        : predicates(program.predicate_count),
          lanes32(program.count32 + program.constants32.size()),
          lanes64(program.count64 + program.constants64.size()) {
        for (std::size_t i = 0; i < program.constants32.size(); ++i) {
            lanes32[program.count32 + i].fill(program.constants32[i]);
        }
        for (std::size_t i = 0; i < program.constants64.size(); ++i) {
            lanes64[program.count64 + i].fill(program.constants64[i]);
        }
    }

    std::vector<std::uint32_t> predicates;
    std::vector<isa::LaneRegister> lanes32;
    std::vector<LaneRegister64> lanes64;
};

}  // namespace sptc::ptx
