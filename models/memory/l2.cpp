#include "models/memory/l2.hpp"

#include <algorithm>
#include <bit>

#include "models/base/error.hpp"
#include "models/memory/address_hash.hpp"

namespace sptc::memory {

using base::Cycle;
using sm::kLineBytes;
using sm::kSectorBytes;

L2::L2(const sc_core::sc_module_name& name, const L2Spec& spec)
    : sc_module(name),
      hbm("hbm"),
      spec_(spec),
      sets_per_slice_(
          static_cast<std::uint32_t>(spec.bytes / spec.slices / spec.ways / kLineBytes)),
      tags_(std::size_t{spec.slices} * sets_per_slice_ * spec.ways, kNoLine),
      lines_(tags_.size()),
      slice_free_(spec.slices, 0) {
    SPTC_ASSERT(sets_per_slice_ > 0);
}

L2::Line& L2::find_or_replace(std::uint64_t line_address, std::uint64_t hash, Cycle now) {
    const std::uint64_t slice = hash % spec_.slices;
    const std::uint64_t set = (hash / spec_.slices) % sets_per_slice_;
    const std::size_t first = (slice * sets_per_slice_ + set) * spec_.ways;
    for (std::size_t way = first; way < first + spec_.ways; ++way) {
        if (tags_[way] == line_address) return lines_[way];
    }
    const auto begin = lines_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto oldest =
        std::min_element(begin, begin + spec_.ways,
                         [](const Line& a, const Line& b) { return a.last_use < b.last_use; });
    std::uint64_t& tag = tags_[static_cast<std::size_t>(oldest - lines_.begin())];
    if (oldest->dirty != 0) {
        hbm->write(tag, static_cast<std::uint32_t>(std::popcount(oldest->dirty)), now);
    }
    tag = line_address;
    *oldest = Line{};
    return *oldest;
}

Cycle L2::access(const sm::MemoryRequest& request, Cycle now) {
    const std::uint64_t hash = address_hash(request.line_address / kLineBytes);
    Cycle& slice_free = slice_free_[hash % spec_.slices];
    const Cycle start = std::max(now, slice_free);
    slice_free =
        start + std::max<Cycle>(1, request.sectors() * kSectorBytes / spec_.slice_bytes_per_cycle);

    Line& line = find_or_replace(request.line_address, hash, start);
    line.last_use = ++uses_;
    if (request.write) {
        statistics_.write_sectors += request.sectors();
        line.valid |= request.sector_mask;
        line.dirty |= request.sector_mask;
        return start + spec_.hit_cycles;
    }
    statistics_.read_sectors += request.sectors();
    const auto missing = static_cast<std::uint8_t>(request.sector_mask & ~line.valid);
    if (missing != 0) {
        const auto sectors = static_cast<std::uint32_t>(std::popcount(missing));
        statistics_.read_sector_misses += sectors;
        line.valid |= missing;
        line.fetched = std::max(line.fetched, hbm->read(request.line_address, sectors, start));
    }
    return std::max(start, line.fetched) + spec_.hit_cycles;
}

void L2::reset() {
    std::fill(tags_.begin(), tags_.end(), kNoLine);
    std::fill(lines_.begin(), lines_.end(), Line{});
    std::fill(slice_free_.begin(), slice_free_.end(), Cycle{0});
    uses_ = 0;
    statistics_ = {};
}

}  // namespace sptc::memory
