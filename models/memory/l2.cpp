#include "models/memory/l2.hpp"

#include <algorithm>

#include "models/base/error.hpp"
#include "models/memory/address_hash.hpp"

namespace sptc::memory {

using base::Cycle;
using sm::kLineBytes;
using sm::kSectorBytes;

namespace {

constexpr std::size_t kHostLineBytes = 64;

}  // namespace

L2::L2(const sc_core::sc_module_name& name, const L2Spec& spec)
    : sc_module(name),
      hbm("hbm"),
      spec_(spec),
      sets_per_slice_(spec.bytes / spec.slices / spec.ways / kLineBytes),
      by_slices_(spec.slices),
      by_sets_(sets_per_slice_),
      youngest_(spec.slices * sets_per_slice_),
      older_(youngest_.size() * (spec.ways - 1)),
      slice_free_(spec.slices, 0) {
    for (std::size_t sectors = 0; sectors < transfer_cycles_.size(); ++sectors) {
        transfer_cycles_[sectors] =
            std::max<Cycle>(1, sectors * kSectorBytes / spec.slice_bytes_per_cycle);
    }
}

L2::Place L2::place_of(std::uint64_t line_address) const {
    const auto [rest, slice] = by_slices_.divide(address_hash(line_address / kLineBytes));
    const std::uint64_t set = by_sets_.divide(rest).remainder;
    return {slice, slice * sets_per_slice_ + set};
}

void L2::make_youngest(std::uint64_t set, std::uint64_t line_address, Cycle now) {
    Line& youngest = youngest_[set];
    Line* const begin = older_.data() + set * (spec_.ways - 1);
    Line* const end = begin + (spec_.ways - 1);
    Line* found = std::find_if(
        begin, end, [line_address](const Line& line) { return line.address == line_address; });
    Line line{.address = line_address};
    if (found != end) {
        line = *found;
    } else {
        if (begin != end) --found;
        const Line& oldest = begin != end ? *found : youngest;
        if (oldest.dirty != 0) hbm->write(oldest.address, sm::count_sectors(oldest.dirty), now);
    }
    if (begin != end) {
        std::move_backward(begin, found, found + 1);
        *begin = youngest;
    }
    youngest = line;
}

Cycle L2::access(const sm::MemoryRequest& request, Cycle now) {
    const Place place = place_of(request.line_address);
    if (request.atomic_steps != 0) {
        return change_at(place, request.line_address, request.sector_mask, request.atomic_steps,
                         now);
    }
    return access_at(place, request.line_address, request.sector_mask, request.write, now);
}

void L2::access_unanswered(std::span<const UnansweredRequest> requests, Cycle now) {
    for (const UnansweredRequest& request : requests) {
        const std::uint64_t line_address = request.line_address();
        const Place place = place_of(line_address);
        if (request.atomic_steps() != 0) {
            (void)change_at(place, line_address, request.sector_mask(), request.atomic_steps(),
                            now);
        } else {
            (void)access_at(place, line_address, request.sector_mask(), request.write(), now);
        }
    }
}

void L2::announce(std::uint64_t line_address) const {
    const std::uint64_t set = place_of(line_address).set;
    __builtin_prefetch(&youngest_[set], 1);
    const auto* older = reinterpret_cast<const char*>(older_.data() + set * (spec_.ways - 1));
    for (std::size_t at = 0; at < (spec_.ways - 1) * sizeof(Line); at += kHostLineBytes) {
        __builtin_prefetch(older + at, 1);
    }
}

Cycle L2::access_at(const Place& place, std::uint64_t line_address, std::uint8_t sector_mask,
                    bool write, Cycle now) {
    const std::uint32_t sectors = sm::count_sectors(sector_mask);
    Cycle& slice_free = slice_free_[place.slice];
    const Cycle start = std::max(now, slice_free);
    slice_free = start + transfer_cycles_[sectors];

    Line& line = youngest_[place.set];
    if (line.address != line_address) make_youngest(place.set, line_address, start);
    if (write) {
        statistics_.write_sectors += sectors;
        line.valid |= sector_mask;
        line.dirty |= sector_mask;
        return start + spec_.hit_cycles;
    }
    statistics_.read_sectors += sectors;
    const auto missing = static_cast<std::uint8_t>(sector_mask & ~line.valid);
    if (missing != 0) {
        const std::uint32_t missing_sectors = sm::count_sectors(missing);
        statistics_.read_sector_misses += missing_sectors;
        line.valid |= missing;
        line.fetched = std::max(line.fetched, hbm->read(line_address, missing_sectors, start));
    }
    return std::max(start, line.fetched) + spec_.hit_cycles;
}

Cycle L2::change_at(const Place& place, std::uint64_t line_address, std::uint8_t sector_mask,
                    std::uint32_t steps, Cycle now) {
    statistics_.atomic_steps += steps;
    statistics_.write_sectors += sm::count_sectors(sector_mask);
    const Cycle read = access_at(place, line_address, sector_mask, false, now);
    Line& line = youngest_[place.set];
    line.dirty |= sector_mask;
    const Cycle waiting = (steps - 1) * spec_.atomic_cycles;
    slice_free_[place.slice] += waiting;
    return read + waiting;
}

void L2::reset() {
    std::fill(youngest_.begin(), youngest_.end(), Line{});
    std::fill(older_.begin(), older_.end(), Line{});
    std::fill(slice_free_.begin(), slice_free_.end(), Cycle{0});
    statistics_ = {};
}

}  // namespace sptc::memory
