#include "traces/ptx/source.hpp"

#include <fmt/format.h>

#include <cstring>

#include "models/base/error.hpp"
#include "traces/ptx/cta_warps.hpp"
#include "traces/ptx/execution.hpp"
#include "traces/ptx/memory_handlers.hpp"
#include "traces/ptx/slice.hpp"

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

std::uint64_t argument_bits(const launch::Argument& argument, const Parameter& parameter,
                            const launch::DeviceMemory& memory, const std::string& where) {
    if (parameter.array) {
        throw base::ConfigError(where + " is an array: only scalar arguments can be given");
    }
    if (const auto* buffer = std::get_if<launch::BufferArgument>(&argument)) {
        if (parameter.bytes != 8) {
            throw base::ConfigError(fmt::format(
                "{} has type {}, but a buffer's address needs 64 bits", where, parameter.type));
        }
        return memory.address(buffer->buffer) + buffer->offset_bytes;
    }
    const auto& scalar = std::get<launch::ScalarArgument>(argument);
    const std::string width = fmt::format("{}", 8 * parameter.bytes);
    if (scalar.type.substr(1) != width) {
        throw base::ConfigError(fmt::format("{} has type {}, found an argument of type {}", where,
                                            parameter.type, scalar.type));
    }
    return scalar.bits;
}

std::vector<std::byte> bind_arguments(const Program& program, const launch::Launch& launch,
                                      const launch::DeviceMemory& memory) {
    const std::size_t expected = program.parameters.size();
    if (launch.arguments.size() != expected) {
        throw base::ConfigError(fmt::format("launch of '{}': {} arguments, expected {}",
                                            program.entry, launch.arguments.size(), expected));
    }
    std::vector<std::byte> bytes(program.parameter_bytes);
    for (std::size_t i = 0; i < expected; ++i) {
        const Parameter& parameter = program.parameters[i];
        const std::string where =
            fmt::format("launch of '{}': parameter {} ('{}')", program.entry, i, parameter.name);
        const std::uint64_t bits = argument_bits(launch.arguments[i], parameter, memory, where);
        std::memcpy(bytes.data() + parameter.offset, &bits, parameter.bytes);
    }
    return bytes;
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
    return shape;
}

class PtxCta final : public isa::CtaStream {
  public:
    PtxCta(CtaState state, const std::vector<Handler>& handlers)
        : warps_(std::move(state), handlers) {}

    [[nodiscard]] const isa::Instruction* peek(std::uint32_t warp) const override {
        return warps_.alive(warp) ? &warps_.state().program.instructions[warps_.pc(warp)] : nullptr;
    }

    const isa::WarpInstruction& execute(std::uint32_t warp, base::Cycle now) override {
        return warps_.execute(warp, now);
    }

    void land(isa::AsyncCopyToken token) override {
        if (!warps_.state().shared.empty()) land_copy(warps_.state(), token);
    }

  private:
    CtaWarps warps_;
};

/// What a CTA executes when only its global instructions are wanted.
struct TrafficPlan {
    std::vector<Handler> handlers;
    std::vector<std::uint32_t> next_step;  ///< by op: itself or the next that does anything
};

TrafficPlan plan_traffic(const Program& program) {
    const Slice slice = compute_slice(program, Viewer::kMemorySystem);
    TrafficPlan plan;
    for (std::size_t i = 0; i < program.ops.size(); ++i) {
        const Op& op = program.ops[i];
        const isa::Operation operation = program.instructions[i].operation;
        Handler handler = nullptr;
        if (slice.executes[i]) {
            handler = op.handler;
        } else if (operation == isa::Operation::kAsyncCopy) {
            handler = async_copy_source;
        } else if (isa::is_global(operation)) {
            handler = op.skip_handler;
        }
        plan.handlers.push_back(handler);
    }
    plan.next_step.resize(program.ops.size());
    auto next = static_cast<std::uint32_t>(program.ops.size() - 1);  // an exit
    for (std::uint32_t i = next + 1; i-- > 0;) {
        const bool nothing = plan.handlers[i] == nullptr &&
                             program.ops[i].control == Control::kNext &&
                             !isa::is_global(program.instructions[i].operation);
        if (!nothing) next = i;
        plan.next_step[i] = next;
    }
    return plan;
}

class PtxTraffic final : public isa::GlobalTraffic {
  public:
    PtxTraffic(CtaState state, const TrafficPlan& plan)
        : warps_(std::move(state), plan.handlers), plan_(plan) {}

    const isa::WarpInstruction* next(std::uint32_t warp, base::Cycle now) override {
        while (warps_.alive(warp)) {
            const std::uint32_t pc = warps_.pc(warp);
            const std::uint32_t step = plan_.next_step[pc];
            if (step != pc) {
                warps_.go(warp, step);  // other lanes of the warp may be behind
                continue;
            }
            const isa::WarpInstruction& executed = warps_.execute(warp, now);
            if (isa::is_global(executed.instruction->operation)) return &executed;
        }
        return nullptr;
    }

  private:
    CtaWarps warps_;
    const TrafficPlan& plan_;
};

class PtxSource final : public isa::InstructionSource {
  public:
    PtxSource(std::shared_ptr<const Program> program, const launch::Launch& launch,
              launch::DeviceMemory& memory, Values values, std::uint32_t sm_count)
        : program_(std::move(program)),
          shape_(shape_of(*program_, launch)),
          memory_(memory),
          values_(values),
          sm_count_(sm_count),
          parameters_(bind_arguments(*program_, launch, memory)) {
        if (values_ == Values::kOff) {
            const Slice slice = compute_slice(*program_, Viewer::kSm);
            discard_stores_ = slice.loads_global;
            handlers_ = choose_handlers(*program_, &slice);
            traffic_plan_ = plan_traffic(*program_);
        } else {
            handlers_ = choose_handlers(*program_, nullptr);
        }
    }

    [[nodiscard]] const isa::KernelShape& shape() const override { return shape_; }

    [[nodiscard]] std::unique_ptr<isa::CtaStream> start_cta(std::uint64_t cta,
                                                            std::uint32_t sm) override {
        CtaState state = state_of(cta, sm);
        if (values_ == Values::kOn) state.shared.resize(shape_.shared_bytes_per_cta);
        return std::make_unique<PtxCta>(std::move(state), handlers_);
    }

    [[nodiscard]] std::unique_ptr<isa::GlobalTraffic> start_traffic(std::uint64_t cta,
                                                                    std::uint32_t sm) override {
        // With values on, a store of one CTA may decide an address of another.
        if (values_ == Values::kOn) return InstructionSource::start_traffic(cta, sm);
        return std::make_unique<PtxTraffic>(state_of(cta, sm), traffic_plan_);
    }

  private:
    [[nodiscard]] CtaState state_of(std::uint64_t cta, std::uint32_t sm) const {
        SPTC_ASSERT(cta < shape_.grid.count());
        CtaState state{*program_, shape_,    memory_, parameters_, cta, {},
                       sm,        sm_count_, false,   {},          {},  {}};
        state.index.x = static_cast<std::uint32_t>(cta % shape_.grid.x);
        state.index.y = static_cast<std::uint32_t>(cta / shape_.grid.x % shape_.grid.y);
        state.index.z = static_cast<std::uint32_t>(cta / shape_.grid.x / shape_.grid.y);
        state.discard_stores = discard_stores_;
        return state;
    }

    std::shared_ptr<const Program> program_;
    isa::KernelShape shape_;
    launch::DeviceMemory& memory_;
    Values values_;
    std::uint32_t sm_count_;
    std::vector<std::byte> parameters_;
    std::vector<Handler> handlers_;
    TrafficPlan traffic_plan_;  ///< with values off
    bool discard_stores_ = false;
};

std::string place(const Execution& e, std::string_view lane) {
    return fmt::format("{}: '{}' (CTA {}, warp {}{})", location(e.cta.program, e.op_index()),
                       e.cta.program.texts[e.op_index()], e.cta.cta, e.warp, lane);
}

}  // namespace

void kernel_fault(const Execution& e, std::string_view message) {
    throw base::KernelError(fmt::format("{}: {}", place(e, ""), message));
}

void memory_fault(const Execution& e, int lane, std::uint64_t address, std::uint64_t bytes,
                  std::string_view message) {
    throw base::MemoryFault(fmt::format("{}: {} bytes at address 0x{:x}: {}",
                                        place(e, fmt::format(", lane {}", lane)), bytes, address,
                                        message));
}

std::unique_ptr<isa::InstructionSource> make_source(std::shared_ptr<const Program> program,
                                                    const launch::Launch& launch,
                                                    launch::DeviceMemory& memory, Values values,
                                                    std::uint32_t sm_count) {
    return std::make_unique<PtxSource>(std::move(program), launch, memory, values, sm_count);
}

}  // namespace sptc::ptx
