#pragma once
#include <cstdint>

#include "models/base/divider.hpp"
#include "models/memory/address_hash.hpp"
#include "models/memory/memory_spec.hpp"
#include "models/sm/memory_request.hpp"

namespace sptc::memory {

/// Where a line belongs.
struct LinePlace {
    std::uint64_t line_address;
    std::uint32_t home;   ///< partition beside whose memory channel the line lies
    std::uint32_t slice;  ///< inside a partition: the same in those that keep a copy
    std::uint64_t set;    ///< inside a partition, over its slices
};

/// Spreads lines over slices and sets. As many neighbours as there are slices use each slice once,
/// and so on for the sets, so that a contiguous footprint fills the cache evenly, as the sharp end
/// of the L2 plateaus of an A100 asks for; which comes first is hashed from group to group, so that
/// no stride stays in one slice. The hash of real GPUs is not public.
class AddressMap {
  public:
    explicit AddressMap(const L2Spec& spec)
        : slices_(spec.slices),
          slices_per_partition_(spec.slices / spec.partitions),
          sets_(static_cast<std::uint32_t>(spec.bytes / spec.slices / spec.ways / sm::kLineBytes)),
          by_slices_(slices_),
          by_sets_(sets_) {}

    [[nodiscard]] std::uint32_t sets_per_slice() const { return sets_; }

    [[nodiscard]] LinePlace place_of(std::uint64_t line_address) const {
        const auto [group, position] = by_slices_.divide(line_address / sm::kLineBytes);
        const auto [round, row] = by_sets_.divide(group);
        const std::uint32_t slice = turned(position, group, slices_);
        const std::uint32_t home = slice / slices_per_partition_;
        const std::uint32_t in_partition = slice - home * slices_per_partition_;
        return {line_address, home, in_partition,
                std::uint64_t{in_partition} * sets_ + turned(row, round, sets_)};
    }

  private:
    /// `position` of `count`, turned by a hash of `seed`.
    static std::uint32_t turned(std::uint64_t position, std::uint64_t seed, std::uint32_t count) {
        const std::uint64_t hash = address_hash(seed + 1) >> 32;
        const auto sum = static_cast<std::uint32_t>(position + (hash * count >> 32));
        return sum < count ? sum : sum - count;
    }

    std::uint32_t slices_;
    std::uint32_t slices_per_partition_;
    std::uint32_t sets_;
    base::Divider by_slices_;
    base::Divider by_sets_;
};

}  // namespace sptc::memory
