#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "models/base/error.hpp"
#include "traces/ptx/execution.hpp"
#include "traces/ptx/warp.hpp"

namespace sptc::ptx {

/// The warps of one CTA, executed op by op with a table of handlers (null: nothing to do).
class CtaWarps {
  public:
    /// `handlers` by op; must outlive the object.
    CtaWarps(CtaState state, const std::vector<Handler>& handlers)
        : state_(std::move(state)), handlers_(handlers) {
        for (std::uint32_t warp = 0; warp < state_.shape.warps_per_cta(); ++warp) {
            paths_.emplace_back(lanes_of(warp));
            registers_.emplace_back(state_.program);
        }
    }

    [[nodiscard]] bool alive(std::uint32_t warp) const { return paths_[warp].alive() != 0; }
    [[nodiscard]] std::uint32_t pc(std::uint32_t warp) const { return paths_[warp].pc(); }
    [[nodiscard]] CtaState& state() { return state_; }
    [[nodiscard]] const CtaState& state() const { return state_; }

    /// The lanes at pc() go on to a later op without executing what lies between.
    void go(std::uint32_t warp, std::uint32_t op) { paths_[warp].go(op); }

    /// Executes the op at pc(). The result is valid until the next call.
    const isa::WarpInstruction& execute(std::uint32_t warp, base::Cycle now) {
        WarpPath& path = paths_[warp];
        SPTC_ASSERT(path.alive() != 0);
        const std::uint32_t pc = path.pc();
        const Op& op = state_.program.ops[pc];
        WarpRegisters& registers = registers_[warp];
        std::uint32_t mask = path.active();
        if (op.guard >= 0) {
            const std::uint32_t guard = registers.predicates[static_cast<std::size_t>(op.guard)];
            mask &= op.guard_negated ? ~guard : guard;
        }
        result_.instruction = &state_.program.instructions[pc];
        result_.active_mask = mask;
        if (result_.operands.present()) result_.operands = {};
        if (const Handler handler = handlers_[pc]; handler != nullptr && mask != 0) {
            Execution execution{op,
                                state_.program.operands.data() + op.first_operand,
                                registers.predicates.data(),
                                registers.lanes32.data(),
                                registers.lanes64.data(),
                                mask,
                                path.alive(),
                                warp,
                                now,
                                state_,
                                result_};
            handler(execution);
        }
        switch (op.control) {
            case Control::kNext:
                path.go(pc + 1);
                break;
            case Control::kBranch:
                path.branch(mask, op.target, pc + 1);
                break;
            case Control::kExit:
                path.exit(mask, pc + 1);
                break;
        }
        return result_;
    }

  private:
    [[nodiscard]] std::uint32_t lanes_of(std::uint32_t warp) const {
        const std::uint32_t threads = state_.shape.threads_per_cta() - warp * isa::kLanes;
        return threads >= isa::kLanes ? kAllLanes : (1u << threads) - 1;
    }

    CtaState state_;
    const std::vector<Handler>& handlers_;
    std::vector<WarpPath> paths_;
    std::vector<WarpRegisters> registers_;
    isa::WarpInstruction result_;
};

}  // namespace sptc::ptx
