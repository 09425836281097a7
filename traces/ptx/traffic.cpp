#include "traces/ptx/traffic.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "traces/ptx/machine_parts.hpp"
#include "traces/ptx/memory_handlers.hpp"
#include "traces/ptx/slice.hpp"

namespace sptc::ptx {

using isa::Operation;

class TrafficExecutor::Cta final : public isa::GlobalTraffic {
  public:
    Cta(TrafficExecutor& executor, CtaState state) : executor_(executor), state_(std::move(state)) {
        const Program& program = state_.program;
        for (std::uint32_t warp = 0; warp < state_.shape.warps_per_cta(); ++warp) {
            warps_.push_back({WarpPath(lanes_of_warp(state_.shape, warp), program.flow.data()),
                              std::vector<PackedRegister>(program.registers.size()),
                              std::vector<std::uint32_t>(program.predicate_count)});
            executor.preload(state_, warps_.back());
        }
    }

    const isa::WarpInstruction* next(std::uint32_t warp_in_cta, base::Cycle now) override {
        Warp& warp = warps_[warp_in_cta];
        while (warp.path.alive() != 0) {
            const std::uint32_t pc = warp.path.pc();
            const Step& step = executor_.steps_[pc];
            if (step.next != pc) {
                warp.path.go(step.next);  // there may be lanes behind, which then come first
                continue;
            }
            const isa::WarpInstruction& executed =
                executor_.execute(state_, warp, warp_in_cta, now);
            if (step.global && isa::is_global(executed.instruction->operation)) return &executed;
        }
        return nullptr;
    }

  private:
    TrafficExecutor& executor_;
    CtaState state_;
    std::vector<Warp> warps_;
};

TrafficExecutor::TrafficExecutor(const Program& program)
    : program_(program), ids_(program), lanes_(program) {
    const Slice slice = compute_slice(program, Viewer::kMemorySystem);
    const auto count = static_cast<std::uint32_t>(program.ops.size());
    for (std::uint32_t i = 0; i < count; ++i) steps_.push_back(plan(i, slice.executes[i]));
    for (const Op& op : program.preloads) {
        const std::size_t end =
            &op == &program.preloads.back() ? program.operands.size() : (&op + 1)->first_operand;
        for (std::size_t i = op.first_operand; i < end; ++i) {
            const std::int32_t id = ids_.find(program.operand_roles[i].width, program.operands[i]);
            if (id >= 0) preloaded_.push_back(static_cast<isa::RegisterId>(id));
        }
    }
    std::uint32_t next = count - 1;  // the exit at the end of every program
    for (std::uint32_t i = count; i-- > 0;) {
        const Step& step = steps_[i];
        // Lanes may meet at the head of a loop.
        if (step.handler != nullptr || step.global || program.ops[i].control != Control::kNext ||
            program.flow[i].latch != 0) {
            next = i;
        }
        steps_[i].next = next;
    }
}

void TrafficExecutor::preload(CtaState& cta, Warp& warp) {
    if (program_.preloads.empty()) return;
    execute_preloads(program_, cta, warp.predicates.data(), lanes_.lanes32.data(),
                     lanes_.lanes64.data());
    for (const isa::RegisterId id : preloaded_) pack_register(id, warp);
}

TrafficExecutor::Term TrafficExecutor::term(Width width, std::int32_t slot) const {
    Term term{ids_.find(width, slot), 0};
    const auto index = static_cast<std::size_t>(slot);
    if (term.id < 0) {
        term.constant = width == Width::k64 ? program_.constants64[index - program_.count64]
                                            : program_.constants32[index - program_.count32];
    }
    return term;
}

TrafficExecutor::Step TrafficExecutor::plan(std::uint32_t i, bool executes) const {
    const Op& op = program_.ops[i];
    const isa::Instruction& instruction = program_.instructions[i];
    Step step;
    step.global = isa::is_global(instruction.operation);
    const auto add_register = [&](std::vector<isa::RegisterId>& list, isa::RegisterId id) {
        const RegisterInfo& reg = program_.registers[id];
        if (reg.width != Width::kPredicate && reg.slot >= 0) list.push_back(id);
    };
    if (executes) {
        step.handler = op.handler;
        for (const isa::RegisterId id : instruction.reads) add_register(step.reads, id);
        for (const isa::RegisterId id : instruction.writes) add_register(step.writes, id);
    } else if (step.global) {
        const bool copy = instruction.operation == Operation::kAsyncCopy;
        step.handler = copy ? async_copy_source : op.skip_handler;
        for (const std::int32_t id : shown_registers(program_, ids_, i, Viewer::kMemorySystem)) {
            if (id >= 0) add_register(step.reads, static_cast<isa::RegisterId>(id));
        }
    }
    if (executes) plan_sum(i, step);
    return step;
}

void TrafficExecutor::plan_sum(std::uint32_t i, Step& step) const {
    struct Row {
        std::string_view text;
        Kind kind;
        Width width;
    };
    static constexpr Row kRows[] = {
        {"add.u32", Kind::kAdd, Width::k32},      {"add.s32", Kind::kAdd, Width::k32},
        {"add.u64", Kind::kAdd, Width::k64},      {"add.s64", Kind::kAdd, Width::k64},
        {"sub.u32", Kind::kSubtract, Width::k32}, {"sub.s32", Kind::kSubtract, Width::k32},
        {"sub.u64", Kind::kSubtract, Width::k64}, {"sub.s64", Kind::kSubtract, Width::k64},
    };
    const auto row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& candidate) {
        return candidate.text == program_.texts[i];
    });
    if (row == std::end(kRows)) return;
    const std::int32_t* operands = program_.operands.data() + program_.ops[i].first_operand;
    step.kind = row->kind;
    step.a = term(row->width, operands[1]);
    step.b = term(row->width, operands[2]);
}

bool TrafficExecutor::add_packed(const Step& step, Warp& warp) {
    const auto find = [&](const Term& term) {
        return term.id < 0 ? nullptr : &warp.registers[static_cast<std::size_t>(term.id)];
    };
    const PackedRegister* a = find(step.a);
    const PackedRegister* b = find(step.b);
    const std::uint64_t base_a = a != nullptr ? a->base : step.a.constant;
    const std::uint64_t base_b = b != nullptr ? b->base : step.b.constant;
    const bool uniform_a = a == nullptr || a->uniform();
    const bool uniform_b = b == nullptr || b->uniform();
    if (!uniform_b && (!uniform_a || step.kind == Kind::kSubtract)) return false;
    // Lanes that differ from lane 0 by something do so after something equal is added to all.
    const PackedRegister* differing = !uniform_a ? a : !uniform_b ? b : nullptr;
    PackedRegister& target = warp.registers[step.writes[0]];
    if (differing == nullptr) {
        target.differences = nullptr;
    } else if (differing != &target) {
        target.differences = differing->differences;
    }
    target.base = step.kind == Kind::kAdd ? base_a + base_b : base_a - base_b;
    return true;
}

void TrafficExecutor::unpack_register(isa::RegisterId id, const Warp& warp) {
    const RegisterInfo& reg = program_.registers[id];
    const auto slot = static_cast<std::size_t>(reg.slot);
    if (reg.width == Width::k64) {
        unpack(warp.registers[id], lanes_.lanes64[slot]);
    } else {
        unpack(warp.registers[id], lanes_.lanes32[slot]);
    }
}

void TrafficExecutor::pack_register(isa::RegisterId id, Warp& warp) {
    const RegisterInfo& reg = program_.registers[id];
    const auto slot = static_cast<std::size_t>(reg.slot);
    if (reg.width == Width::k64) {
        pack(lanes_.lanes64[slot], warp.registers[id], differences_);
    } else {
        pack(lanes_.lanes32[slot], warp.registers[id], differences_);
    }
}

void TrafficExecutor::run_handler(const Step& step, Warp& warp, Execution& execution) {
    for (const isa::RegisterId id : step.reads) unpack_register(id, warp);
    if (execution.mask != kAllLanes) {  // the other lanes keep what they have
        for (const isa::RegisterId id : step.writes) unpack_register(id, warp);
    }
    step.handler(execution);
    for (const isa::RegisterId id : step.writes) pack_register(id, warp);
}

const isa::WarpInstruction& TrafficExecutor::execute(CtaState& cta, Warp& warp,
                                                     std::uint32_t warp_in_cta, base::Cycle now) {
    const std::uint32_t pc = warp.path.pc();
    const Op& op = program_.ops[pc];
    const Step& step = steps_[pc];
    const std::uint32_t mask = executing_lanes(warp.path, op, warp.predicates);
    result_.instruction = &program_.instructions[pc];
    result_.active_mask = mask;
    const bool packed = step.kind != Kind::kHandler && mask == kAllLanes && add_packed(step, warp);
    if (!packed && step.handler != nullptr && mask != 0) {
        Execution execution{op,
                            program_.operands.data() + op.first_operand,
                            warp.predicates.data(),
                            lanes_.lanes32.data(),
                            lanes_.lanes64.data(),
                            mask,
                            warp.path.alive(),
                            warp_in_cta,
                            now,
                            cta,
                            result_};
        run_handler(step, warp, execution);
    }
    advance(warp.path, op, mask);
    return result_;
}

std::unique_ptr<isa::GlobalTraffic> TrafficExecutor::start_cta(CtaState state) {
    return std::make_unique<Cta>(*this, std::move(state));
}

}  // namespace sptc::ptx
