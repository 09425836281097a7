#include "traces/ptx/source.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"
#include "traces/ptx/bind_arguments.hpp"
#include "traces/ptx/execution.hpp"
#include "traces/ptx/fault.hpp"
#include "traces/ptx/machine_parts.hpp"
#include "traces/ptx/memory_handlers.hpp"
#include "traces/ptx/observer.hpp"
#include "traces/ptx/slice.hpp"
#include "traces/ptx/store_log.hpp"
#include "traces/ptx/traffic.hpp"
#include "traces/ptx/warp.hpp"

namespace sptc::ptx {
namespace {

using launch::Values;

/// The handler of every op: what remains of it with values off.
std::vector<Handler> choose_handlers(const Program& program, const Slice* slice) {
    std::vector<Handler> handlers;
    for (std::size_t i = 0; i < program.ops.size(); ++i) {
        const Op& op = program.ops[i];
        handlers.push_back(slice == nullptr || slice->executes[i] ? op.handler : op.skip_handler);
    }
    return handlers;
}

/// The handler of an op that an observer watches.
void execute_observed(Execution& e) {
    e.cta.observer->before(e);
    if (e.op.handler != nullptr) e.op.handler(e);
    e.cta.observer->after(e);
}

isa::KernelShape shape_of(const Program& program, const launch::Launch& launch) {
    isa::KernelShape shape;
    shape.entry = program.entry;
    shape.grid = launch.grid;
    shape.block = launch.block;
    shape.shared_bytes_per_cta = program.static_shared_bytes + launch.dynamic_shared_bytes;
    shape.registers_per_thread = launch.registers_per_thread.value_or(program.estimated_registers);
    shape.registers_estimated = !launch.registers_per_thread.has_value();
    shape.scoreboard_registers = static_cast<std::uint32_t>(program.registers.size());
    shape.lowered = program.lowered();
    for (const RegisterInfo& info : program.registers) {
        if (shape.lowered) shape.physical_registers.push_back(info.physical);
    }
    return shape;
}

class PtxCta final : public isa::CtaStream {
  public:
    PtxCta(CtaState state, const std::vector<Handler>& handlers, Observer* observer)
        : state_(std::move(state)), handlers_(handlers) {
        if (observer != nullptr) {
            observer_ = observer->start_cta(state_);
            state_.observer = observer_.get();
        }
        for (std::uint32_t warp = 0; warp < state_.shape.warps_per_cta(); ++warp) {
            paths_.emplace_back(lanes_of_warp(state_.shape, warp), state_.program.flow.data());
            if (state_.program.needs_stacks()) stacks_.emplace_back(state_.program);
            WarpRegisters& registers = registers_.emplace_back(state_.program);
            execute_preloads(state_.program, state_, registers.predicates.data(),
                             registers.lanes32.data(), registers.lanes64.data());
        }
    }

    [[nodiscard]] const isa::Instruction* peek(std::uint32_t warp) const override {
        const WarpPath& path = paths_[warp];
        return path.alive() == 0 ? nullptr : &state_.program.instructions[path.pc()];
    }

    const isa::WarpInstruction& execute(std::uint32_t warp, base::Cycle now) override {
        WarpPath& path = paths_[warp];
        SPTC_ASSERT(path.alive() != 0);
        const std::uint32_t pc = path.pc();
        const Op& op = state_.program.ops[pc];
        WarpRegisters& registers = registers_[warp];
        const std::uint32_t mask = executing_lanes(path, op, registers.predicates);
        result_.instruction = &state_.program.instructions[pc];
        result_.active_mask = mask;
        ThreadStacks* stacks = stacks_.empty() ? nullptr : &stacks_[warp];
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
                                result_,
                                stacks};
            handler(execution);
        }
        advance(path, op, mask, stacks);
        return result_;
    }

    void land(isa::AsyncCopyToken token) override {
        if (!state_.shared.empty()) land_copy(state_, token);
        if (observer_ != nullptr) observer_->landed();
    }

  private:
    CtaState state_;
    std::unique_ptr<CtaObserver> observer_;
    const std::vector<Handler>& handlers_;
    std::vector<WarpPath> paths_;
    std::vector<WarpRegisters> registers_;
    std::vector<ThreadStacks> stacks_;  ///< of each warp, or none
    isa::WarpInstruction result_;
};

class PtxSource final : public isa::InstructionSource {
  public:
    PtxSource(std::shared_ptr<const Program> program, const launch::Launch& launch,
              launch::DeviceMemory& memory, Values values, std::uint32_t sm_count,
              PrintBuffer* printed, Observer* observer)
        : program_(std::move(program)),
          shape_(shape_of(*program_, launch)),
          memory_(memory),
          values_(values),
          sm_count_(sm_count),
          printed_(printed),
          observer_(observer),
          parameters_(bind_arguments(*program_, launch, memory)) {
        map_module_variables();
        if (values_ == Values::kOff) {
            const Slice slice = compute_slice(*program_, Viewer::kSm);
            discard_stores_ = slice.loads_global;
            acquires_ = slice.acquires;
            handlers_ = choose_handlers(*program_, &slice);
            if (!program_->needs_stacks()) traffic_ = std::make_unique<TrafficExecutor>(*program_);
        } else {
            handlers_ = choose_handlers(*program_, nullptr);
            for (std::uint32_t i = 0; observer_ != nullptr && i < handlers_.size(); ++i) {
                if (observer_->watches(*program_, i)) handlers_[i] = execute_observed;
            }
        }
    }

    [[nodiscard]] const isa::KernelShape& shape() const override { return shape_; }

    [[nodiscard]] std::unique_ptr<isa::CtaStream> start_cta(std::uint64_t cta,
                                                            std::uint32_t sm) override {
        CtaState state = state_of(cta, sm);
        if (values_ == Values::kOn) state.shared.resize(shape_.shared_bytes_per_cta);
        return std::make_unique<PtxCta>(std::move(state), handlers_, observer_);
    }

    [[nodiscard]] std::unique_ptr<isa::GlobalTraffic> start_traffic(std::uint64_t cta,
                                                                    std::uint32_t sm) override {
        if (acquires_) {
            throw base::KernelError(fmt::format(
                "{}: '{}' may wait for another CTA, of which one representative SM executes only "
                "the memory traffic: simulate all SMs",
                location(*program_, *acquires_), program_->texts[*acquires_]));
        }
        // With values on, a store of one CTA may decide an address of another. Threads with stacks
        // need the whole executor.
        if (traffic_ == nullptr) return InstructionSource::start_traffic(cta, sm);
        return traffic_->start_cta(state_of(cta, sm));
    }

    void defer_stores(std::uint32_t sms) override { stores_.resize(sms); }
    void apply_stores() override { StoreLog::apply(stores_); }

  private:
    /// The module's variables that the entry uses become regions of device memory; what an earlier
    /// launch of the same module left in them stays.
    void map_module_variables() {
        for (const ModuleVariable& variable : program_->module_variables) {
            if (!variable.used) continue;
            memory_.map(".global " + variable.name, variable.address, variable.bytes, variable.data,
                        values_);
        }
    }

    [[nodiscard]] CtaState state_of(std::uint64_t cta, std::uint32_t sm) {
        SPTC_ASSERT(cta < shape_.grid.count());
        CtaState state{*program_, shape_,    memory_, parameters_, cta, {},
                       sm,        sm_count_, false,   {},          {},  {}};
        state.index.x = static_cast<std::uint32_t>(cta % shape_.grid.x);
        state.index.y = static_cast<std::uint32_t>(cta / shape_.grid.x % shape_.grid.y);
        state.index.z = static_cast<std::uint32_t>(cta / shape_.grid.x / shape_.grid.y);
        state.discard_stores = discard_stores_;
        state.printed = printed_;
        state.values = values_;
        if (!stores_.empty()) state.stores = &stores_[sm];
        return state;
    }

    std::shared_ptr<const Program> program_;
    isa::KernelShape shape_;
    launch::DeviceMemory& memory_;
    Values values_;
    std::uint32_t sm_count_;
    PrintBuffer* printed_;
    Observer* observer_;
    std::vector<std::byte> parameters_;
    std::vector<Handler> handlers_;
    std::unique_ptr<TrafficExecutor> traffic_;  ///< with values off
    std::vector<StoreLog> stores_;              ///< by SM; none: stores show at once
    bool discard_stores_ = false;
    std::optional<std::uint32_t> acquires_;  ///< with values off: an op that may wait for a CTA
};

FaultPlace place_of(const Execution& e, std::string_view problem) {
    FaultPlace place;
    place.operation = e.cta.program.instructions[e.op_index()].operation;
    place.location = location(e.cta.program, e.op_index());
    place.opcode = e.cta.program.texts[e.op_index()];
    place.line = e.cta.program.instructions[e.op_index()].line;
    place.cta = e.cta.cta;
    place.warp = e.warp;
    place.problem = problem;
    return place;
}

std::string place_text(const FaultPlace& place) {
    return fmt::format("{}: '{}' (CTA {}, warp {}{})", place.location, place.opcode, place.cta,
                       place.warp, place.lane ? fmt::format(", lane {}", *place.lane) : "");
}

}  // namespace

void kernel_fault(const Execution& e, std::string_view message) {
    const FaultPlace place = place_of(e, message);
    throw ExecutionFault(fmt::format("{}: {}", place_text(place), message), place);
}

void memory_fault(const Execution& e, int lane, std::uint64_t address, std::uint64_t bytes,
                  std::string_view message) {
    FaultPlace place =
        place_of(e, fmt::format("{} bytes at address 0x{:x}: {}", bytes, address, message));
    place.lane = lane;
    place.address = address;
    throw AccessFault(fmt::format("{}: {}", place_text(place), place.problem), place);
}

std::unique_ptr<isa::InstructionSource> make_source(std::shared_ptr<const Program> program,
                                                    const launch::Launch& launch,
                                                    launch::DeviceMemory& memory, Values values,
                                                    std::uint32_t sm_count, PrintBuffer* printed,
                                                    Observer* observer) {
    SPTC_ASSERT(observer == nullptr || values == Values::kOn);
    return std::make_unique<PtxSource>(std::move(program), launch, memory, values, sm_count,
                                       printed, observer);
}

void require_forms(const Program& program, const isa::Architecture& architecture) {
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        const isa::Instruction& instruction = program.instructions[i];
        if (program.ops[i].first_architecture > architecture.number) {
            throw base::KernelError(fmt::format(
                "{}: '{}' needs sm_{}, found sm_{}", location(program, i), program.texts[i],
                program.ops[i].first_architecture, architecture.number));
        }
        if (instruction.mma == nullptr) continue;
        try {
            isa::require_form(architecture, *instruction.mma);
        } catch (const base::ConfigError& problem) {
            throw base::KernelError(
                fmt::format("{}:{}: {}", program.file, instruction.line, problem.what()));
        }
    }
}

}  // namespace sptc::ptx
