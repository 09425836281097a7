#pragma once
#include <cstdint>
#include <vector>

#include "traces/ptx/execution.hpp"
#include "traces/ptx/thread_stacks.hpp"
#include "traces/ptx/warp_path.hpp"

namespace sptc::ptx {

/// The lanes of a warp that execute the op at its pc: those on the path whose guard holds.
[[nodiscard]] inline std::uint32_t executing_lanes(const WarpPath& path, const Op& op,
                                                   const std::vector<std::uint32_t>& predicates) {
    if (op.guard < 0) return path.active();
    const std::uint32_t guard = predicates[static_cast<std::size_t>(op.guard)];
    return path.active() & (op.guard_negated ? ~guard : guard);
}

/// Moves a warp on after the lanes of `mask` have executed the op at its pc. `stacks` may be null
/// when the program needs none.
inline void advance(WarpPath& path, const Op& op, std::uint32_t mask,
                    const ThreadStacks* stacks = nullptr) {
    const std::uint32_t next = path.pc() + 1;
    switch (op.control) {
        case Control::kNext:
            return path.go(next);
        case Control::kBranch:
            return path.branch(mask, op.target, next);
        case Control::kExit:
            return path.exit(mask, next);
        case Control::kIndexed:
            return path.scatter(mask, stacks->targets, next);
        case Control::kCall:
            return path.call(mask, op.target, next);
        case Control::kReturn:
            return path.leave(mask, stacks->targets, next);
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
