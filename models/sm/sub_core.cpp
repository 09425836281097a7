#include "models/sm/sub_core.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/base/error.hpp"

namespace sptc::sm {

using base::Cycle;
using base::kNever;
using isa::Operation;

SubCore::SubCore(const sc_core::sc_module_name& name, const SmSpec& spec, std::uint32_t index)
    : sc_module(name),
      services("services"),
      spec_(spec),
      index_(index),
      tensor_core_("tensor_core", spec.tensor_core),
      warps_(spec.sub_core.warp_slots),
      register_file_(spec.sub_core.register_file) {
    tensor_core_.listener(*this);
    reset({});
}

void SubCore::reset(std::span<const isa::PhysicalRegisters> physical) {
    const InstructionSupplySpec& supply = spec_.sub_core.instruction_supply;
    for (Warp& warp : warps_) {
        warp = Warp{};
        warp.scoreboard = Scoreboard(spec_.sub_core.address_extra_cycles);
        warp.buffer = InstructionBuffer(supply.buffer_entries, supply.fetch_cycles);
    }
    scheduler_.reset();
    register_file_.reset(physical);
    issue_free_ = 0;
    fetch_free_ = 0;
    tensor_core_.reset();
    pipe_free_.fill(0);
    mmas_.clear();
    latch_ = {};
    due_ = kNever;
    accounted_until_ = 0;
    idle_activity_ = Activity::kNoWarp;
    idle_instruction_ = nullptr;
    statistics_ = {};
}

SubCore::Pipe SubCore::pipe_of(Operation operation) {
    switch (operation) {
        case Operation::kIntegerAlu:
            return Pipe::kInteger;
        case Operation::kIntegerMultiply:
            return Pipe::kIntegerMultiply;
        case Operation::kFloat32:
            return Pipe::kFloat32;
        case Operation::kFloat16:
            return Pipe::kFloat16;
        case Operation::kFloat64:
            return Pipe::kFloat64;
        case Operation::kConvert:
            return Pipe::kConvert;
        case Operation::kSpecialFunction:
            return Pipe::kSpecial;
        case Operation::kVote:
            return Pipe::kVote;
        case Operation::kMatch:
            return Pipe::kMatch;
        case Operation::kWarpReduce:
            return Pipe::kWarpReduce;
        default:
            return Pipe::kNone;
    }
}

const PipelineSpec& SubCore::pipeline(Pipe pipe) const {
    const SubCoreSpec& spec = spec_.sub_core;
    switch (pipe) {
        case Pipe::kInteger:
            return spec.integer;
        case Pipe::kIntegerMultiply:
            return spec.integer_multiply;
        case Pipe::kFloat32:
            return spec.float32;
        case Pipe::kFloat16:
            return spec.float16;
        case Pipe::kFloat64:
            return spec.float64;
        case Pipe::kConvert:
            return spec.convert;
        case Pipe::kVote:
            return spec.vote;
        case Pipe::kMatch:
            return spec.match;
        case Pipe::kWarpReduce:
            return spec.warp_reduce;
        default:
            return spec.special_function;
    }
}

void SubCore::start_warp(std::uint32_t slot, std::uint32_t warp, isa::CtaStream& cta,
                         std::uint32_t warp_in_cta, std::uint32_t scoreboard_registers, Cycle now) {
    Warp& entry = warps_[slot];
    SPTC_ASSERT(entry.cta == nullptr);
    entry.cta = &cta;
    entry.sm_warp = warp;
    entry.warp_in_cta = warp_in_cta;
    entry.buffer.refill(now + 1);
    entry.arrived = now + 1;
    entry.blocked_until = 0;
    entry.blocked_by = nullptr;
    entry.scoreboard.reset(scoreboard_registers);
    entry.next = cta.peek(warp_in_cta);
    scheduler_.add(slot);
    refresh(entry);
}

void SubCore::refresh(Warp& warp) {
    if (warp.next == nullptr) return;
    warp.readiness = warp.scoreboard.readiness(*warp.next);
    if (warp.next->operation == Operation::kAsyncWait &&
        !services->async_wait_satisfied(warp.sm_warp, warp.next->pending_groups)) {
        warp.readiness = {kNever, Activity::kAsyncWait};
    }
    if (warp.next->operation == Operation::kMemoryFence &&
        !services->global_writes_done(warp.sm_warp)) {
        warp.readiness = {kNever, Activity::kGlobalDependency};
    }
    if (warp.blocked_until > warp.readiness.cycle) {
        warp.readiness = {warp.blocked_until, warp.blocked_reason};
    }
    if (warp.buffer.available() > warp.readiness.cycle) {
        warp.readiness = {warp.buffer.available(), Activity::kControl};
    }
    due_ = 0;  // what the sub-core waits for may have another name now: look in this very cycle
}

void SubCore::results_ready(std::uint32_t slot, const isa::Instruction& instruction, Cycle cycle,
                            Activity reason) {
    if (reason != Activity::kTensorDependency) {
        cycle = register_file_.write_back(slot, instruction, cycle);
    }
    warps_[slot].scoreboard.set_ready(instruction, cycle, reason);
    refresh(warps_[slot]);
}

void SubCore::operands_read(std::uint32_t slot, const isa::Instruction& instruction) {
    warps_[slot].scoreboard.release_reads(instruction);
    refresh(warps_[slot]);
    due_ = 0;  // any warp may have waited for room in the queue
}

void SubCore::barrier_released(std::uint32_t slot, Cycle cycle) {
    warps_[slot].blocked_until = cycle;
    refresh(warps_[slot]);
}

void SubCore::async_progress(std::uint32_t slot) { refresh(warps_[slot]); }

void SubCore::mma_done(std::uint64_t token, Cycle ready) {
    SPTC_ASSERT(!mmas_.empty() && mmas_.front().first == token);
    const isa::Instruction& instruction = *mmas_.front().second;
    mmas_.pop_front();
    results_ready(static_cast<std::uint32_t>(token), instruction, ready,
                  Activity::kTensorDependency);
}

bool SubCore::has_mma_under_way(std::uint32_t slot) const {
    return std::any_of(mmas_.begin(), mmas_.end(),
                       [slot](const auto& mma) { return mma.first == slot; });
}

Activity SubCore::examine(const Warp& warp, Cycle now) const {
    if (warp.readiness.cycle > now) return warp.readiness.reason;
    const Operation operation = warp.next->operation;
    if (operation == Operation::kMma) {
        return can_dispatch(*warp.next->mma, now) ? Activity::kIssued : Activity::kTensorBusy;
    }
    if (isa::is_memory(operation)) {
        return services->memory_queue_has_room(index_) ? Activity::kIssued
                                                       : Activity::kMemoryQueueFull;
    }
    const Pipe pipe = pipe_of(operation);
    if (pipe != Pipe::kNone && pipe_free_[static_cast<std::size_t>(pipe)] > now)
        return Activity::kPipelineBusy;
    return Activity::kIssued;
}

bool SubCore::waits_longer(const Warp& warp, const Warp& chosen) {
    const Operation operation = warp.next->operation;
    const bool same = (operation == Operation::kMma) == (chosen.next->operation == Operation::kMma);
    return is_queued_for(operation) && same && warp.waits_since() < chosen.waits_since();
}

void SubCore::account_until(Cycle end) {
    if (end <= accounted_until_) return;
    statistics_.activity[static_cast<std::size_t>(idle_activity_)] += end - accounted_until_;
    if (profile_ != nullptr)
        profile_->stalled(idle_instruction_, idle_activity_, end - accounted_until_);
    if (timeline_ != nullptr)
        timeline_->stalled(index_, idle_instruction_, idle_activity_, accounted_until_, end);
    accounted_until_ = end;
}

void SubCore::tick(Cycle now) {
    account_until(now);
    if (tensor_core_.due() <= now) tensor_core_.tick(now);
    if (latch_.instruction != nullptr) {
        start_mma(latch_.slot, *latch_.instruction, latch_.operands, now);
        latch_.instruction = nullptr;
    }

    Warp* chosen = nullptr;
    std::uint32_t chosen_slot = 0;
    Activity activity = Activity::kNoWarp;
    const isa::Instruction* instruction = nullptr;
    scheduler_.visit([&](std::uint32_t slot) {
        Warp& warp = warps_[slot];
        Activity answer = examine(warp, now);
        if (answer == Activity::kIssued && issue_free_ > now) answer = Activity::kRegisterPort;
        if (answer == Activity::kIssued) {
            if (chosen == nullptr || waits_longer(warp, *chosen)) {
                chosen = &warp;
                chosen_slot = slot;
            }
            return !scheduler_.is_last(chosen_slot) && is_queued_for(chosen->next->operation);
        }
        if (answer < activity) {
            activity = answer;
            instruction = warp.waits_at(now);
        }
        return true;
    });
    if (chosen != nullptr) {
        activity = Activity::kIssued;
        scheduler_.issued(chosen_slot);
        if (profile_ != nullptr) profile_->issued(*chosen->next);
        if (timeline_ != nullptr) timeline_->issued(index_, chosen->sm_warp, *chosen->next, now);
        issue(*chosen, now);
    } else {
        if (profile_ != nullptr) profile_->stalled(instruction, activity, 1);
        if (timeline_ != nullptr) timeline_->stalled(index_, instruction, activity, now, now + 1);
    }
    ++statistics_.activity[static_cast<std::size_t>(activity)];
    accounted_until_ = now + 1;
    idle_activity_ = activity;
    idle_instruction_ = instruction;
    due_ = chosen != nullptr ? now + 1 : next_due(now);
}

Cycle SubCore::next_due(Cycle now) const {
    Cycle due = tensor_core_.due();
    if (issue_free_ > now) due = std::min(due, issue_free_);
    scheduler_.visit([&](std::uint32_t slot) {
        const Warp& warp = warps_[slot];
        if (warp.readiness.cycle > now) {
            due = std::min(due, warp.readiness.cycle);
        } else if (warp.next->operation == Operation::kMma) {
            due = std::min(due, std::max(tensor_core_.earliest(now), now + 2) - 1);
        } else if (const Pipe pipe = pipe_of(warp.next->operation); pipe != Pipe::kNone) {
            due = std::min(due, pipe_free_[static_cast<std::size_t>(pipe)]);
        }
        return true;
    });
    return due;
}

void SubCore::issue(Warp& warp, Cycle now) {
    const isa::Instruction& instruction = *warp.next;
    const isa::WarpInstruction& executed = warp.cta->execute(warp.warp_in_cta, now);
    warp.buffer.issued(now);
    ++statistics_.warp_instructions;
    ++statistics_.issued[static_cast<std::size_t>(instruction.operation)];
    statistics_.registers_read += instruction.reads.size();
    statistics_.registers_written += instruction.writes.size();
    execute_effects(warp, instruction, executed, now);

    warp.next = warp.cta->peek(warp.warp_in_cta);
    warp.arrived = now + 1;
    if (warp.next != nullptr) {
        refresh(warp);
        return;
    }
    const std::uint32_t sm_warp = warp.sm_warp;
    scheduler_.remove(static_cast<std::uint32_t>(&warp - warps_.data()));
    warp.cta = nullptr;
    services->warp_exited(sm_warp, now);
}

void SubCore::execute_effects(Warp& warp, const isa::Instruction& instruction,
                              const isa::WarpInstruction& executed, Cycle now) {
    const SubCoreSpec& spec = spec_.sub_core;
    const auto fixed = [&](Cycle latency) {
        warp.scoreboard.set_ready(instruction, now + latency, Activity::kFixedDependency);
    };
    const auto block = [&](Cycle until, Activity reason) {
        warp.blocked_until = until;
        warp.blocked_reason = reason;
        warp.blocked_by = &instruction;
    };
    const auto slot = static_cast<std::uint32_t>(&warp - warps_.data());
    switch (instruction.operation) {
        case Operation::kMma:
            if (executed.active_mask == 0) return;  // predicated off
            warp.scoreboard.set_pending(instruction, Activity::kTensorDependency);
            mmas_.emplace_back(slot, &instruction);
            if (tensor_core_.can_issue(*instruction.mma, now)) {
                start_mma(slot, instruction, executed.operands, now);
            } else {
                latch_ = {slot, &instruction, executed.operands};
            }
            return;
        case Operation::kLoadGlobal:
        case Operation::kStoreGlobal:
        case Operation::kLoadShared:
        case Operation::kStoreShared:
        case Operation::kLoadMatrix:
        case Operation::kShuffle:
        case Operation::kAtomicShared:
        case Operation::kAtomicGlobal:
        case Operation::kReductionGlobal:
        case Operation::kAsyncCopy: {
            if (executed.active_mask != 0) {
                const bool global = instruction.operation == Operation::kLoadGlobal ||
                                    instruction.operation == Operation::kAtomicGlobal;
                warp.scoreboard.set_pending(instruction, global ? Activity::kGlobalDependency
                                                                : Activity::kSharedDependency);
                warp.scoreboard.hold_reads(instruction);
            }
            services->issue_memory(warp.sm_warp, executed, now);
            return;
        }
        case Operation::kAsyncCommit:
            services->commit_async_group(warp.sm_warp);
            return;
        case Operation::kAsyncArrive:
            if (executed.active_mask == 0) return;
            services->arrive_after_copies(warp.sm_warp, executed.async_token);
            return;
        case Operation::kBarrierArrive:
            if (executed.active_mask != 0) services->arrive_at_barrier(warp.sm_warp, executed);
            return;
        case Operation::kBarrier:
            if (executed.active_mask == 0) return;
            block(kNever, Activity::kBarrier);
            services->arrive_at_barrier(warp.sm_warp, executed);
            return;
        case Operation::kBranch:
            if (executed.active_mask != 0) branch(warp, instruction, now);
            return;
        case Operation::kAsyncWait:
            block(now + spec.dependency_barrier_cycles, Activity::kControl);
            return;
        case Operation::kWarpSync:
            block(now + spec.warp_sync_cycles, Activity::kControl);
            return;
        case Operation::kSleep:
            block(now + 1 + sleep_cycles(executed), Activity::kControl);
            return;
        case Operation::kBarrierResult:
        case Operation::kReadSpecial:
            fixed(spec.read_special_cycles);
            return;
        case Operation::kReadClock:
            fixed(spec.read_clock_cycles);
            return;
        case Operation::kLoadParameter:
            fixed(spec.parameter_cycles);
            return;
        default:
            break;
    }
    const Pipe pipe = pipe_of(instruction.operation);
    // A fence or exit is an issue slot and nothing else.
    if (pipe != Pipe::kNone) issue_fixed_latency(warp, instruction, pipe, now);
}

void SubCore::issue_fixed_latency(Warp& warp, const isa::Instruction& instruction, Pipe pipe,
                                  Cycle now) {
    const auto slot = static_cast<std::uint32_t>(&warp - warps_.data());
    const Cycle late = register_file_.read(slot, instruction, now);
    issue_free_ = now + 1 + late;
    const Cycle passes = isa::kLanes / pipeline(pipe).lanes;
    pipe_free_[static_cast<std::size_t>(pipe)] = now + passes + late;
    const Cycle ready = now + pipeline(pipe).latency_cycles + late;
    register_file_.write(slot, instruction, ready);
    warp.scoreboard.set_ready(instruction, ready, Activity::kFixedDependency);
}

/// The instructions behind a taken branch are not its target's: they are fetched again.
void SubCore::branch(Warp& warp, const isa::Instruction& instruction, Cycle now) {
    const InstructionSupplySpec& supply = spec_.sub_core.instruction_supply;
    const Cycle fetch = std::max(fetch_free_, now + supply.branch_resolve_cycles);
    fetch_free_ = fetch + 1;
    warp.buffer.refill(fetch + supply.fetch_cycles);
    warp.blocked_until = fetch + supply.fetch_cycles;
    warp.blocked_reason = Activity::kControl;
    warp.blocked_by = &instruction;
}

Cycle SubCore::sleep_cycles(const isa::WarpInstruction& executed) const {
    if (executed.active_mask == 0) return 0;
    return static_cast<Cycle>(executed.sleep_nanoseconds * spec_.clock_mhz / 1e3);
}

void SubCore::start_mma(std::uint32_t slot, const isa::Instruction& instruction,
                        const isa::MmaOperands& operands, Cycle now) {
    try {
        tensor_core_.issue(instruction, operands, slot, now);
    } catch (const base::KernelError& error) {
        throw base::KernelError(fmt::format("PTX line {}, warp {} of its CTA: {}", instruction.line,
                                            warps_[slot].warp_in_cta, error.what()));
    }
    if (timeline_ != nullptr)
        timeline_->mma(index_, warps_[slot].sm_warp, instruction, now, tensor_core_.passes_end());
}

SubCore::WarpState SubCore::warp_state(std::uint32_t slot, Cycle now) const {
    const Warp& warp = warps_[slot];
    if (warp.cta == nullptr || warp.next == nullptr) return {};
    return {warp.next->line, examine(warp, now), warp.next->source_line};
}

}  // namespace sptc::sm
