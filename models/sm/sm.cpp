#include "models/sm/sm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "models/base/error.hpp"
#include "models/sm/atomic_conflicts.hpp"
#include "models/sm/carve_out.hpp"

namespace sptc::sm {

using base::Cycle;
using base::kNever;
using isa::Operation;

namespace {

/// Answers wait here only within a cycle: the crossbar's own port limits their rate.
constexpr std::size_t kResponseCapacity = 1u << 20;

}  // namespace

Sm::Sm(const sc_core::sc_module_name& name, const SmSpec& spec, std::uint32_t index)
    : sc_module(name),
      spec_(spec),
      index_(index),
      shared_memory_("shared_memory", spec.shared_memory, spec.sub_cores, pool_),
      load_store_(spec, pool_, *this),
      global_path_(spec.global_path, index),
      l1_(spec.l1, pool_, global_path_, *this),
      async_copy_(spec.max_warps),
      barriers_(spec.barrier, spec.max_ctas, *this),
      responses_(kResponseCapacity, spec.global_path.response_cycles),
      writes_under_way_(spec.max_warps, 0) {
    for (std::uint32_t i = 0; i < spec.sub_cores; ++i) {
        const std::string sub_core_name = fmt::format("sub_core{}", i);
        sub_cores_.push_back(std::make_unique<SubCore>(sub_core_name.c_str(), spec, i));
        sub_cores_.back()->services(*this);
    }
    shared_memory_.listener(*this);
}

void Sm::configure(const isa::KernelShape& shape, std::uint32_t resident_ctas, IdleSkip idle_skip) {
    SPTC_ASSERT(pool_.idle());
    warps_per_cta_ = shape.warps_per_cta();
    scoreboard_registers_ = shape.scoreboard_registers;
    ctas_.clear();
    ctas_.resize(resident_ctas);
    profile_.reset();
    timeline_.reset();
    attach_timeline();
    for (auto& sub_core : sub_cores_) {
        sub_core->reset(shape.physical_registers);
        sub_core->profile(nullptr);
    }
    shared_memory_.reset();
    global_path_.reset();
    l1_.reset(l1_bytes(spec_, shape, resident_ctas));
    load_store_.reset();
    barriers_.restart();
    writes_under_way_.assign(spec_.max_warps, 0);
    idle_skip_ = idle_skip;
    ctas_finished_ = 0;
    due_ = kNever;
}

void Sm::profile() {
    profile_ = std::make_unique<LineProfile>();
    for (auto& sub_core : sub_cores_) sub_core->profile(profile_.get());
}

void Sm::record(const TimelineWindow& window) {
    timeline_ = std::make_unique<Timeline>(window, index_, spec_.sub_cores, warps_per_cta_,
                                           static_cast<std::uint32_t>(ctas_.size()));
    attach_timeline();
}

void Sm::attach_timeline() {
    for (auto& sub_core : sub_cores_) sub_core->record(timeline_.get());
    shared_memory_.record(timeline_.get());
    l1_.record(timeline_.get());
    barriers_.record(timeline_.get());
}

std::optional<std::uint32_t> Sm::free_slot() const {
    const auto found =
        std::find_if(ctas_.begin(), ctas_.end(), [](const Cta& cta) { return !cta.stream; });
    if (found == ctas_.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - ctas_.begin());
}

std::uint32_t Sm::start_cta(std::unique_ptr<isa::CtaStream> stream, std::uint64_t cta, Cycle now) {
    const std::uint32_t slot = free_slot().value();
    barriers_.reset(slot);
    Cta& entry = ctas_[slot];
    entry.stream = std::move(stream);
    entry.index = cta;
    entry.live_warps = warps_per_cta_;
    entry.operations = 0;
    if (timeline_) timeline_->cta_started(slot, cta, now);
    for (std::uint32_t i = 0; i < warps_per_cta_; ++i) {
        const std::uint32_t warp = slot * warps_per_cta_ + i;
        async_copy_.reset(warp);
        sub_core_of(warp).start_warp(slot_of(warp), warp, *entry.stream, i, scoreboard_registers_,
                                     now);
    }
    wake(now + 1);
    return slot;
}

Cycle Sm::operand_read_cycles(const isa::Instruction& instruction) const {
    const OperandReadSpec& spec =
        instruction.uniform_address ? spec_.uniform_operand_read : spec_.operand_read;
    switch (instruction.operation) {
        case Operation::kLoadGlobal:
            return spec.load_global_cycles;
        case Operation::kStoreGlobal:
        case Operation::kAtomicGlobal:
        case Operation::kReductionGlobal:
            return spec.store_global_cycles;
        case Operation::kStoreShared:
        case Operation::kAtomicShared:
            return spec.store_shared_cycles;
        case Operation::kAsyncCopy:
            return spec.async_copy_cycles;
        default:
            return spec.load_shared_cycles;
    }
}

void Sm::issue_memory(std::uint32_t warp, const isa::WarpInstruction& executed, Cycle now) {
    const isa::Instruction& instruction = *executed.instruction;
    const Operation operation = instruction.operation;
    const bool copy = operation == Operation::kAsyncCopy;
    if (executed.active_mask == 0) {  // predicated off: nothing moves, but mirrored CTAs may
        if (isa::is_global(operation) && observer_ != nullptr) {
            observer_->global_instruction(cta_slot(warp), warp % warps_per_cta_, now);
        }
        return;
    }
    const OperationId id = pool_.acquire();
    MemoryOperation& entry = pool_[id];
    entry.instruction = &instruction;
    entry.sub_core = warp % static_cast<std::uint32_t>(sub_cores_.size());
    entry.warp = warp;
    entry.issued = now;
    entry.cta = cta_of(warp).index;
    entry.lines.clear();
    entry.wavefronts = 0;

    // Register data of a store moves at store_bytes_per_cycle; anything beyond a 32-bit store reads
    // later.
    const std::uint32_t data_bytes = isa::kLanes * instruction.bytes_per_lane;
    const bool store = isa::writes_global(operation) || operation == Operation::kStoreShared ||
                       operation == Operation::kAtomicShared;
    if (isa::writes_global(operation)) ++writes_under_way_[warp];
    const Cycle data_cycles = store ? data_bytes / spec_.sub_core.store_bytes_per_cycle : 0;
    const Cycle word_cycles =
        isa::kLanes * sizeof(std::uint32_t) / spec_.sub_core.store_bytes_per_cycle;
    entry.transfer_cycles = std::max(spec_.sub_core.address_unit_cycles, data_cycles);
    entry.operand_read_cycles = operand_read_cycles(instruction) +
                                (data_cycles > word_cycles ? data_cycles - word_cycles : 0);

    if (copy) {
        std::array<std::uint64_t, isa::kLanes> destinations;
        std::copy(executed.shared_addresses.begin(), executed.shared_addresses.end(),
                  destinations.begin());
        entry.wavefronts = shared_wavefronts(spec_.shared_memory, destinations,
                                             executed.active_mask, instruction.bytes_per_lane);
        coalesce(executed.addresses, executed.source_bytes, executed.active_mask, entry.lines);
        entry.async_token = executed.async_token;
        entry.async_group = async_copy_.start(warp);
        entry.async_number = async_copy_.last_number(warp);
    } else if (isa::is_global(operation)) {
        std::array<std::uint8_t, isa::kLanes> bytes;
        bytes.fill(instruction.bytes_per_lane);
        coalesce(executed.addresses, bytes, executed.active_mask, entry.lines);
        if (operation == Operation::kAtomicGlobal || operation == Operation::kReductionGlobal) {
            count_atomic_steps(executed.addresses, executed.active_mask, entry.lines);
        }
        // A load reads the array that shared memory uses too; the old values of an atomic come as
        // one wavefront.
        entry.wavefronts = operation == Operation::kLoadGlobal
                               ? shared_wavefronts(spec_.shared_memory, executed.addresses,
                                                   executed.active_mask, instruction.bytes_per_lane)
                               : 1;
    } else if (operation == Operation::kShuffle) {
        entry.wavefronts = 1;
    } else if (operation == Operation::kAtomicShared) {
        entry.wavefronts = spec_.shared_memory.atomic_wavefronts *
                           atomic_conflicts(spec_.shared_memory, executed.addresses,
                                            executed.active_mask, instruction.bytes_per_lane);
    } else {
        const bool matrix = operation == Operation::kLoadMatrix;
        const std::uint32_t rows = matrix ? 8u * instruction.matrices : isa::kLanes;
        const std::uint32_t mask = matrix ? ~0u : executed.active_mask;
        entry.wavefronts =
            shared_wavefronts(spec_.shared_memory, std::span(executed.addresses).first(rows), mask,
                              instruction.bytes_per_lane);
    }
    if (profile_) count_memory(entry, executed.active_mask);
    ++cta_of(warp).operations;
    load_store_.push(entry.sub_core, id);
}

void Sm::count_memory(const MemoryOperation& operation, std::uint32_t active_mask) {
    const isa::Instruction& instruction = *operation.instruction;
    LineCounts& counts = profile_->at(instruction);
    const Operation kind = instruction.operation;
    if (isa::is_global(kind)) {
        std::uint64_t sectors = 0;
        for (const LineSectors& line : operation.lines) sectors += count_sectors(line.sector_mask);
        (isa::is_posted_write(kind) ? counts.store_sectors : counts.load_sectors) += sectors;
    }
    // What a global load reads of the common array is the L1's.
    const bool global = isa::is_global(kind) && kind != Operation::kAsyncCopy;
    if (global || kind == Operation::kShuffle || operation.wavefronts == 0) return;
    counts.shared_wavefronts += operation.wavefronts;
    const std::uint32_t lanes = kind == Operation::kLoadMatrix
                                    ? 8u * instruction.matrices
                                    : static_cast<std::uint32_t>(std::popcount(active_mask));
    const std::uint32_t width = spec_.shared_memory.banks * spec_.shared_memory.bank_bytes;
    const std::uint32_t needed = (lanes * instruction.bytes_per_lane + width - 1) / width;
    counts.bank_conflicts += operation.wavefronts - std::min(needed, operation.wavefronts);
}

bool Sm::can_accept(const MemoryOperation& operation) const {
    if (isa::is_global(operation.instruction->operation)) return l1_.can_push();
    return shared_memory_.can_push(operation.sub_core);
}

void Sm::accept(OperationId id, Cycle now) {
    MemoryOperation& operation = pool_[id];
    operation.accepted = now;
    if (timeline_) timeline_->queued(operation, now + 1);
    sub_core_of(operation.warp).operands_read(slot_of(operation.warp), *operation.instruction);
    if (!isa::is_global(operation.instruction->operation)) {
        shared_memory_.push(operation.sub_core, id, now);
        return;
    }
    if (observer_ != nullptr) {
        observer_->global_instruction(cta_slot(operation.warp), operation.warp % warps_per_cta_,
                                      now);
    }
    if (operation.lines.empty()) {  // a cp.async that only fills zeros
        arrived_copies_.push_back(id);
    } else {
        l1_.push(id, now);
    }
    // A store or red needs its CTA no longer: its data is on the way.
    if (isa::is_posted_write(operation.instruction->operation)) {
        --cta_of(operation.warp).operations;
        retirement_possible_ = true;
    }
}

void Sm::take_responses(Cycle now) {
    while (responses_.ready(now)) l1_.answered(responses_.pop().fetch);
}

void Sm::global_done(OperationId id) {
    const MemoryOperation& operation = pool_[id];
    const Operation kind = operation.instruction->operation;
    if (timeline_) timeline_->global(operation, now_ + 1);
    if (isa::writes_global(kind)) write_done(operation.warp);
    if (isa::is_posted_write(kind)) {
        pool_.release(id);
    } else {
        (kind == Operation::kAsyncCopy ? arrived_copies_ : arrived_loads_).push_back(id);
    }
}

void Sm::start_loads(Cycle now) {
    while (!arrived_loads_.empty()) {
        const OperationId id = arrived_loads_.front();
        if (!shared_memory_.can_push(pool_[id].sub_core)) return;
        shared_memory_.push(pool_[id].sub_core, id, now);
        arrived_loads_.pop_front();
    }
}

void Sm::start_fills(Cycle now) {
    while (!arrived_copies_.empty() && shared_memory_.can_push_fill()) {
        shared_memory_.push_fill(arrived_copies_.front(), now);
        arrived_copies_.pop_front();
    }
}

void Sm::finish_operation(OperationId id) {
    --cta_of(pool_[id].warp).operations;
    retirement_possible_ = true;
    pool_.release(id);
}

void Sm::shared_load_done(OperationId id, Cycle ready) {
    const MemoryOperation& operation = pool_[id];
    const bool global = isa::is_global(operation.instruction->operation);
    sub_core_of(operation.warp)
        .results_ready(slot_of(operation.warp), *operation.instruction,
                       ready - saved_cycles(*operation.instruction),
                       global ? Activity::kGlobalDependency : Activity::kSharedDependency);
    finish_operation(id);
}

void Sm::shared_store_done(OperationId id) { finish_operation(id); }

void Sm::fill_done(OperationId id, Cycle now) {
    const MemoryOperation& operation = pool_[id];
    if (timeline_) timeline_->copy_landed(operation, now + 1);
    cta_of(operation.warp).stream->land(operation.async_token);
    for (const isa::AsyncCopyToken token :
         async_copy_.landed(operation.warp, operation.async_group, operation.async_number)) {
        cta_of(operation.warp).stream->land(token);
    }
    sub_core_of(operation.warp).async_progress(slot_of(operation.warp));
    finish_operation(id);
}

void Sm::write_done(std::uint32_t warp) {
    if (--writes_under_way_[warp] == 0) sub_core_of(warp).async_progress(slot_of(warp));
}

void Sm::arrive_after_copies(std::uint32_t warp, isa::AsyncCopyToken token) {
    if (async_copy_.arrive(warp, token)) cta_of(warp).stream->land(token);
}

void Sm::arrive_at_barrier(std::uint32_t warp, const isa::WarpInstruction& executed) {
    const Cta& cta = ctas_[cta_slot(warp)];
    const bool whole_cta = executed.barrier_threads == 0;
    const std::uint32_t expected =
        whole_cta ? cta.live_warps : (executed.barrier_threads + isa::kLanes - 1) / isa::kLanes;
    const bool waits = executed.instruction->operation == Operation::kBarrier;
    barriers_.arrive({cta_slot(warp), executed.barrier, warp, expected, whole_cta, waits});
}

void Sm::barrier_released(std::uint32_t warp, Cycle cycle) {
    sub_core_of(warp).barrier_released(slot_of(warp), cycle);
}

void Sm::warp_exited(std::uint32_t warp, Cycle now) {
    Cta& cta = cta_of(warp);
    --cta.live_warps;
    retirement_possible_ = true;
    barriers_.warp_exited(cta_slot(warp), cta.live_warps, now);
}

void Sm::retire_ctas() {
    retirement_possible_ = false;
    for (std::uint32_t slot = 0; slot < ctas_.size(); ++slot) {
        Cta& cta = ctas_[slot];
        if (!cta.stream || cta.live_warps != 0 || cta.operations != 0) continue;
        bool drained = true;
        for (std::uint32_t i = 0; i < warps_per_cta_; ++i) {
            const std::uint32_t warp = slot * warps_per_cta_ + i;
            drained = drained && !sub_core_of(warp).has_mma_under_way(slot_of(warp));
        }
        if (!drained) {
            retirement_possible_ = true;  // look again when the tensor core has moved on
            continue;
        }
        cta.stream.reset();
        if (timeline_) timeline_->cta_retired(slot, now_ + 1);
        ++ctas_finished_;
    }
}

void Sm::tick(Cycle now) {
    now_ = now;
    take_responses(now);
    l1_.tick(now);
    global_path_.tick(now);
    start_fills(now);
    start_loads(now);
    shared_memory_.tick(now);
    load_store_.tick(now);
    barriers_.tick(now);
    for (auto& sub_core : sub_cores_) {
        if (sub_core->due() <= now || idle_skip_ == IdleSkip::kOff) sub_core->tick(now);
    }
    if (retirement_possible_) retire_ctas();
    due_ = compute_due(now);
}

Cycle Sm::compute_due(Cycle now) const {
    Cycle due = std::min({responses_.due(), l1_.due(now), global_path_.due(now),
                          shared_memory_.due(now), load_store_.due(now), barriers_.due(now)});
    const bool fills = !arrived_copies_.empty() && shared_memory_.can_push_fill();
    const bool loads =
        !arrived_loads_.empty() && shared_memory_.can_push(pool_[arrived_loads_.front()].sub_core);
    if (fills || loads) due = now + 1;
    for (const auto& sub_core : sub_cores_) due = std::min(due, sub_core->due());
    if (retirement_possible_ && due == kNever) due = now + 1;
    return due == kNever ? kNever : std::max(due, now + 1);
}

bool Sm::idle() const {
    return pool_.idle() && std::none_of(ctas_.begin(), ctas_.end(),
                                        [](const Cta& cta) { return bool(cta.stream); });
}

void Sm::finish(Cycle end) {
    for (auto& sub_core : sub_cores_) sub_core->account_until(end);
}

std::vector<std::string> Sm::waiting_warps(Cycle now) const {
    std::vector<std::string> lines;
    for (std::uint32_t warp = 0; warp < ctas_.size() * warps_per_cta_; ++warp) {
        const Cta& cta = ctas_[cta_slot(warp)];
        if (!cta.stream) continue;
        const SubCore::WarpState state =
            sub_cores_[warp % sub_cores_.size()]->warp_state(slot_of(warp), now);
        if (state.reason == Activity::kNoWarp) continue;
        const std::string source =
            state.source_line == 0 ? "" : fmt::format(" (source line {})", state.source_line);
        lines.push_back(fmt::format(
            "SM {}, CTA {}, warp {}: stopped before line {}{}, waits for {}", index_, cta.index,
            warp % warps_per_cta_, state.line, source, activity_name(state.reason)));
    }
    return lines;
}

}  // namespace sptc::sm
