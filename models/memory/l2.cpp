#include "models/memory/l2.hpp"

#include <algorithm>

#include "models/base/error.hpp"

namespace sptc::memory {

using base::Cycle;
using sm::kLineBytes;
using sm::kSectorBytes;

namespace {

constexpr std::size_t kHostLineBytes = 64;
constexpr std::uint64_t kMilli = 1000;

}  // namespace

L2::L2(const sc_core::sc_module_name& name, const L2Spec& spec)
    : sc_module(name),
      hbm("hbm"),
      spec_(spec),
      map_(spec),
      slices_per_partition_(spec.slices / spec.partitions),
      partitions_(spec.partitions) {
    for (Partition& partition : partitions_) {
        partition.youngest.resize(std::size_t{slices_per_partition_} * map_.sets_per_slice());
        partition.older.resize(partition.youngest.size() * (spec.ways - 1));
        partition.slices.resize(slices_per_partition_);
    }
    for (std::size_t sectors = 0; sectors < slice_cycles_.size(); ++sectors) {
        slice_cycles_[sectors] =
            std::max<Cycle>(1, sectors * kSectorBytes / spec.slice_bytes_per_cycle);
    }
    link_sector_millicycles_ =
        spec.partitions > 1 ? kSectorBytes * kMilli / spec.link_bytes_per_cycle : 0;
}

void L2::make_youngest(Partition& partition, const LinePlace& place, Cycle now) {
    Line& youngest = partition.youngest[place.set];
    Line* const begin = partition.older.data() + place.set * (spec_.ways - 1);
    Line* const end = begin + (spec_.ways - 1);
    Line* found = std::find_if(
        begin, end, [&](const Line& line) { return line.address == place.line_address; });
    Line line{.address = place.line_address};
    if (found != end) {
        line = *found;
    } else {
        if (begin != end) --found;
        const Line& oldest = begin != end ? *found : youngest;
        if (oldest.dirty != 0) {
            hbm->write(slice_of(map_.place_of(oldest.address)), sm::count_sectors(oldest.dirty),
                       now);
        }
    }
    if (begin != end) {
        std::move_backward(begin, found, found + 1);
        *begin = youngest;
    }
    youngest = line;
}

L2::Line& L2::touch(std::uint32_t partition, const LinePlace& place, Cycle now) {
    Partition& in = partitions_[partition];
    if (in.youngest[place.set].address != place.line_address) make_youngest(in, place, now);
    return in.youngest[place.set];
}

Cycle L2::serve(std::uint32_t partition, const LinePlace& place, std::uint8_t sector_mask,
                Cycle now) {
    return partitions_[partition].slices[place.slice].add(
        now, slice_cycles_[sm::count_sectors(sector_mask)]);
}

Cycle L2::cross_link(std::uint32_t into, std::uint8_t sector_mask, Cycle now) {
    const std::uint64_t work = sm::count_sectors(sector_mask) * link_sector_millicycles_;
    const std::uint64_t begin = partitions_[into].link.add(now * kMilli, work);
    return (begin + work) / kMilli + spec_.link_cycles;
}

Cycle L2::access(const sm::MemoryRequest& request, Cycle now) {
    return access_from(partition_of(request.sm), map_.place_of(request.line_address),
                       request.sector_mask, request.write, request.atomic_steps, now);
}

void L2::access_unanswered(std::span<const UnansweredRequest> requests, Cycle now) {
    for (const UnansweredRequest& request : requests) {
        (void)access_from(request.partition(), map_.place_of(request.line_address()),
                          request.sector_mask(), request.write(), request.atomic_steps(), now);
    }
}

Cycle L2::access_from(std::uint32_t partition, const LinePlace& place, std::uint8_t sector_mask,
                      bool write_only, std::uint32_t atomic_steps, Cycle now) {
    const std::uint32_t sectors = sm::count_sectors(sector_mask);
    if (!write_only && atomic_steps == 0) {
        statistics_.read_sectors += sectors;
        return read(partition, place, sector_mask, now, statistics_.near_hit_sectors);
    }
    statistics_.write_sectors += sectors;
    const bool far = partition != place.home;
    if (far) {
        statistics_.far_write_sectors += sectors;
        now = cross_link(place.home, sector_mask, now + spec_.hit_cycles);  // past its own slice
    }
    drop_copies(place, sector_mask);
    const Cycle done = atomic_steps != 0 ? change(place, sector_mask, atomic_steps, now)
                                         : write(place, sector_mask, now);
    if (!far) return done;
    return write_only ? done + spec_.link_cycles : cross_link(partition, sector_mask, done);
}

Cycle L2::read(std::uint32_t partition, const LinePlace& place, std::uint8_t sector_mask, Cycle now,
               std::uint64_t& hit_sectors) {
    const Cycle start = serve(partition, place, sector_mask, now);
    Line& line = touch(partition, place, start);
    const auto missing = static_cast<std::uint8_t>(sector_mask & ~line.valid);
    hit_sectors += sm::count_sectors(sector_mask) - sm::count_sectors(missing);
    if (missing != 0) {
        Cycle fetched = 0;
        if (partition == place.home) {
            const std::uint32_t sectors = sm::count_sectors(missing);
            statistics_.read_sector_misses += sectors;
            fetched = hbm->read(slice_of(place), sectors, start);
        } else {
            fetched = read_far(partition, place, missing, start);
        }
        line.valid |= missing;
        line.fetched = std::max(line.fetched, fetched);
    }
    return std::max(start, line.fetched) + spec_.hit_cycles;
}

Cycle L2::read_far(std::uint32_t partition, const LinePlace& place, std::uint8_t sector_mask,
                   Cycle now) {
    statistics_.far_read_sectors += sm::count_sectors(sector_mask);
    const Cycle ready =
        read(place.home, place, sector_mask, now + spec_.link_cycles, statistics_.far_hit_sectors);
    return cross_link(partition, sector_mask, ready);
}

Cycle L2::write(const LinePlace& place, std::uint8_t sector_mask, Cycle now) {
    const Cycle start = serve(place.home, place, sector_mask, now);
    Line& line = touch(place.home, place, start);
    line.valid |= sector_mask;
    line.dirty |= sector_mask;
    return start + spec_.hit_cycles;
}

Cycle L2::change(const LinePlace& place, std::uint8_t sector_mask, std::uint32_t steps, Cycle now) {
    statistics_.atomic_steps += steps;
    std::uint64_t hits = 0;  // not those of a read
    const Cycle done = read(place.home, place, sector_mask, now, hits);
    Partition& home = partitions_[place.home];
    home.youngest[place.set].dirty |= sector_mask;
    // Lanes that share a word take turns, and the slice takes nothing else meanwhile.
    const Cycle waiting = (steps - 1) * spec_.atomic_cycles;
    if (waiting != 0) (void)home.slices[place.slice].add(0, waiting);
    return done + waiting;
}

void L2::drop_copies(const LinePlace& place, std::uint8_t sector_mask) {
    for (std::uint32_t other = 0; other < partitions_.size(); ++other) {
        if (other == place.home) continue;
        Partition& partition = partitions_[other];
        Line& youngest = partition.youngest[place.set];
        Line* const begin = partition.older.data() + place.set * (spec_.ways - 1);
        Line* const end = begin + (spec_.ways - 1);
        Line* const copy = youngest.address == place.line_address
                               ? &youngest
                               : std::find_if(begin, end, [&](const Line& line) {
                                     return line.address == place.line_address;
                                 });
        if (copy != end) copy->valid &= static_cast<std::uint8_t>(~sector_mask);
    }
}

void L2::announce(std::uint32_t partition, std::uint64_t line_address) const {
    const std::uint64_t set = map_.place_of(line_address).set;
    const Partition& in = partitions_[partition];
    __builtin_prefetch(&in.youngest[set], 1);
    const auto* older = reinterpret_cast<const char*>(in.older.data() + set * (spec_.ways - 1));
    for (std::size_t at = 0; at < (spec_.ways - 1) * sizeof(Line); at += kHostLineBytes) {
        __builtin_prefetch(older + at, 1);
    }
}

void L2::reset() {
    for (Partition& partition : partitions_) {
        std::fill(partition.youngest.begin(), partition.youngest.end(), Line{});
        std::fill(partition.older.begin(), partition.older.end(), Line{});
        std::fill(partition.slices.begin(), partition.slices.end(), Backlog{});
        partition.link = {};
    }
    statistics_ = {};
}

}  // namespace sptc::memory
