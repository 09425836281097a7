#include "models/sm/shared_memory.hpp"

#include <algorithm>

namespace sptc::sm {

using base::Cycle;
using base::kNever;

namespace {

/// Does it use the return path to its sub-core?
bool returns_data(const isa::Instruction& instruction) {
    if (instruction.operation == isa::Operation::kAtomicShared) return !instruction.writes.empty();
    return instruction.operation != isa::Operation::kStoreShared;
}

}  // namespace

SharedMemory::SharedMemory(const sc_core::sc_module_name& name, const SharedMemorySpec& spec,
                           std::uint32_t sub_cores, OperationPool& pool)
    : sc_module(name),
      listener("listener"),
      spec_(spec),
      pool_(pool),
      inputs_(sub_cores + 1, base::Channel<OperationId>(spec.queue_entries, 1)),
      return_free_(sub_cores, 0),
      return_cycles_(spec.banks * spec.bank_bytes / spec.return_bytes_per_cycle) {}

void SharedMemory::reset() {
    for (const auto& input : inputs_) SPTC_ASSERT(input.empty());
    std::fill(return_free_.begin(), return_free_.end(), Cycle{0});
    next_ = 0;
    statistics_ = {};
}

Cycle SharedMemory::ready_cycle(std::size_t input) const {
    const auto& channel = inputs_[input];
    if (channel.empty()) return kNever;
    Cycle cycle = channel.due();
    const MemoryOperation& operation = pool_[channel.front()];
    const bool returns = !is_fill(input) && returns_data(*operation.instruction);
    // Reading runs ahead of the return path by as much as the return buffer holds.
    const Cycle ahead = return_cycles_ * spec_.return_buffer_wavefronts;
    if (returns && return_free_[input] > ahead)
        cycle = std::max(cycle, return_free_[input] - ahead);
    return cycle;
}

void SharedMemory::tick(Cycle now) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        const std::size_t input = (next_ + i) % inputs_.size();
        if (ready_cycle(input) > now) continue;
        // An instruction keeps the array until its last wavefront, unless its return path is full.
        next_ = run_wavefront(input, now) ? (input + 1) % inputs_.size() : input;
        return;
    }
}

bool SharedMemory::run_wavefront(std::size_t input, Cycle now) {
    const OperationId id = inputs_[input].front();
    MemoryOperation& operation = pool_[id];
    if (timeline_ != nullptr) timeline_->wavefront(id, operation, now);
    const bool last = --operation.wavefronts == 0;
    if (last) (void)inputs_[input].pop();

    if (is_fill(input)) {
        ++statistics_.fill_wavefronts;
        if (last) listener->fill_done(id, now);
        return last;
    }
    const isa::Instruction& instruction = *operation.instruction;
    const bool shuffle = instruction.operation == isa::Operation::kShuffle;
    const bool atomic = instruction.operation == isa::Operation::kAtomicShared;
    if (instruction.operation == isa::Operation::kStoreShared || atomic) {
        ++statistics_.write_wavefronts;
    } else if (isa::is_global(instruction.operation)) {
        ++statistics_.l1_wavefronts;
    } else if (!shuffle) {
        ++statistics_.read_wavefronts;
    }
    if (!returns_data(instruction)) {
        if (last) listener->shared_store_done(id);
        return last;
    }
    // The old values that an atomic gives are collected: they go back as one wavefront.
    Cycle& path = return_free_[input];
    const bool wide = instruction.operation == isa::Operation::kLoadShared &&
                      instruction.bytes_per_lane > spec_.bank_bytes;
    if (!atomic || last) {
        path = std::max(path, now) + (wide ? spec_.wide_return_cycles : return_cycles_);
    }
    const Cycle extra = shuffle ? spec_.shuffle_extra_cycles : 0;
    if (last) listener->shared_load_done(id, path + spec_.pipeline_cycles + extra);
    return last;
}

Cycle SharedMemory::due(Cycle now) const {
    Cycle due = kNever;
    for (std::size_t input = 0; input < inputs_.size(); ++input) {
        due = std::min(due, ready_cycle(input));
    }
    return due == kNever ? kNever : std::max(due, now + 1);
}

}  // namespace sptc::sm
