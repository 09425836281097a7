#include "models/sm/timeline.hpp"

#include <algorithm>

namespace sptc::sm {

using base::Cycle;

namespace {

void set_instruction(TimelineSlice& slice, const isa::Instruction& instruction) {
    slice.operation = instruction.operation;
    slice.form = instruction.mma;
    slice.line = instruction.line;
}

}  // namespace

Timeline::Timeline(const TimelineWindow& window, std::uint32_t sm, std::uint32_t sub_cores,
                   std::uint32_t warps_per_cta, std::uint32_t ctas)
    : window_(window),
      sm_(sm),
      sub_cores_(sub_cores),
      warps_per_cta_(warps_per_cta),
      ctas_(ctas),
      stalls_(sub_cores, kNone) {}

std::size_t Timeline::add(TimelineSlice slice) {
    slice.begin = std::max(slice.begin, window_.first_cycle);
    slice.end = std::min(slice.end, window_.end());
    if (slice.begin >= slice.end) return kNone;
    slices_.push_back(slice);
    return slices_.size() - 1;
}

void Timeline::join(Run& run, OperationId id, const TimelineSlice& slice) {
    if (run.slice != kNone && run.id == id && slices_[run.slice].end == slice.begin &&
        slice.end <= window_.end()) {
        slices_[run.slice].end = slice.end;
        ++slices_[run.slice].count;
        return;
    }
    run = {add(slice), id};
}

TimelineSlice Timeline::of(TimelineUnit unit, const MemoryOperation& operation, Cycle begin,
                           Cycle end) const {
    TimelineSlice slice;
    slice.unit = unit;
    slice.sub_core = operation.sub_core;
    slice.begin = begin;
    slice.end = end;
    slice.warp = operation.warp % warps_per_cta_;
    slice.cta = operation.cta;
    set_instruction(slice, *operation.instruction);
    return slice;
}

TimelineSlice Timeline::of(TimelineUnit unit, std::uint32_t sub_core, std::uint32_t warp,
                           const isa::Instruction& instruction, Cycle begin, Cycle end) const {
    TimelineSlice slice;
    slice.unit = unit;
    slice.sub_core = sub_core;
    slice.begin = begin;
    slice.end = end;
    slice.warp = warp % warps_per_cta_;
    slice.cta = cta(warp / warps_per_cta_);
    set_instruction(slice, instruction);
    return slice;
}

void Timeline::issued(std::uint32_t sub_core, std::uint32_t warp,
                      const isa::Instruction& instruction, Cycle now) {
    (void)add(of(TimelineUnit::kIssue, sub_core, warp, instruction, now, now + 1));
}

void Timeline::stalled(std::uint32_t sub_core, const isa::Instruction* waiting, Activity activity,
                       Cycle begin, Cycle end) {
    const std::uint32_t line = waiting == nullptr ? 0 : waiting->line;
    std::size_t& last = stalls_[sub_core];
    if (last != kNone && slices_[last].end == begin && slices_[last].activity == activity &&
        slices_[last].line == line && begin < window_.end()) {
        slices_[last].end = std::min(end, window_.end());
        return;
    }
    TimelineSlice slice;
    slice.activity = activity;
    slice.sub_core = sub_core;
    slice.begin = begin;
    slice.end = end;
    if (waiting != nullptr) set_instruction(slice, *waiting);
    last = add(slice);
}

void Timeline::mma(std::uint32_t sub_core, std::uint32_t warp, const isa::Instruction& instruction,
                   Cycle begin, Cycle end) {
    (void)add(of(TimelineUnit::kTensorCore, sub_core, warp, instruction, begin, end));
}

void Timeline::queued(const MemoryOperation& operation, Cycle end) {
    (void)add(of(TimelineUnit::kLoadStoreQueue, operation, operation.issued, end));
}

void Timeline::wavefront(OperationId id, const MemoryOperation& operation, Cycle now) {
    TimelineSlice slice = of(TimelineUnit::kSharedArray, operation, now, now + 1);
    slice.count = 1;
    join(array_, id, slice);
}

void Timeline::tag_pass(OperationId id, const MemoryOperation& operation, Cycle now) {
    TimelineSlice slice = of(TimelineUnit::kL1Tags, operation, now, now + 1);
    slice.count = 1;
    join(tags_, id, slice);
}

void Timeline::global(const MemoryOperation& operation, Cycle end) {
    TimelineSlice slice = of(TimelineUnit::kGlobal, operation, operation.accepted, end);
    for (const LineSectors& line : operation.lines) slice.count += count_sectors(line.sector_mask);
    (void)add(slice);
}

void Timeline::copy_landed(const MemoryOperation& operation, Cycle end) {
    TimelineSlice slice = of(TimelineUnit::kAsyncCopy, operation, operation.issued, end);
    slice.number = operation.async_group;
    slice.count = 1;
    const auto key = std::make_tuple(slice.cta, slice.warp, slice.number);
    const auto known = copies_.find(key);
    if (known == copies_.end()) {
        if (const std::size_t index = add(slice); index != kNone) copies_.emplace(key, index);
        return;
    }
    TimelineSlice& group = slices_[known->second];
    group.begin = std::clamp(slice.begin, window_.first_cycle, group.begin);
    group.end = std::max(group.end, std::min(slice.end, window_.end()));
    ++group.count;
}

void Timeline::barrier(std::uint32_t cta_slot, std::uint32_t barrier, std::uint32_t warps,
                       Cycle begin, Cycle end) {
    TimelineSlice slice;
    slice.unit = TimelineUnit::kBarrier;
    slice.begin = begin;
    slice.end = end;
    slice.cta = cta(cta_slot);
    slice.number = barrier;
    slice.count = warps;
    (void)add(slice);
}

void Timeline::cta_started(std::uint32_t cta_slot, std::uint64_t cta, Cycle now) {
    ctas_[cta_slot] = {cta, now};
}

void Timeline::cta_retired(std::uint32_t cta_slot, Cycle end) {
    TimelineSlice slice;
    slice.unit = TimelineUnit::kCta;
    slice.begin = ctas_[cta_slot].started;
    slice.end = end;
    slice.cta = ctas_[cta_slot].index;
    (void)add(slice);
}

}  // namespace sptc::sm
