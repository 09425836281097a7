#include "models/sm/repeated_coalescing.hpp"

namespace sptc::sm {
namespace {

/// Also the lanes that are not active, so that the loop has no condition: when only they differ,
/// the lines are computed once more than needed.
bool moved_by(const std::array<std::uint64_t, isa::kLanes>& from,
              const std::array<std::uint64_t, isa::kLanes>& to, std::uint64_t offset) {
    std::uint64_t difference = 0;
    for (std::size_t lane = 0; lane < from.size(); ++lane) {
        difference |= to[lane] ^ (from[lane] + offset);
    }
    return difference == 0;
}

}  // namespace

RepeatedCoalescing::Result RepeatedCoalescing::coalesce(
    const std::array<std::uint64_t, isa::kLanes>& addresses,
    const std::array<std::uint8_t, isa::kLanes>& bytes, std::uint32_t active_mask) {
    const std::uint64_t offset = addresses[0] - addresses_[0];
    if (active_mask == active_mask_ && offset % kLineBytes == 0 && bytes == bytes_ &&
        moved_by(addresses_, addresses, offset)) {
        return {lines_, offset};
    }
    sm::coalesce(addresses, bytes, active_mask, lines_);
    addresses_ = addresses;
    bytes_ = bytes;
    active_mask_ = active_mask;
    return {lines_, 0};
}

}  // namespace sptc::sm
