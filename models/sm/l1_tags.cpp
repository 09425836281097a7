#include "models/sm/l1_tags.hpp"

#include <algorithm>
#include <bit>

namespace sptc::sm {

void L1Tags::reset(std::uint32_t bytes) {
    ways_ = bytes / kLineBytes / spec_.sets;
    set_bits_ = std::countr_zero(spec_.sets);
    addresses_.assign(spec_.sets * ways_, kNoLine);
    lines_.assign(addresses_.size(), Line{});
    accesses_ = 0;
}

std::size_t L1Tags::set_of(std::uint64_t line_address) const {
    // Folded, so that a power of two between lines does not use one set alone.
    const std::uint64_t line = line_address / kLineBytes;
    return (line ^ line >> set_bits_ ^ line >> 2 * set_bits_) & (spec_.sets - 1);
}

L1Tags::Line* L1Tags::access(std::uint64_t line_address, isa::CachePolicy policy) {
    ++accesses_;
    const bool first_to_go = policy == isa::CachePolicy::kEvictFirst;
    const auto set = addresses_.begin() + static_cast<std::ptrdiff_t>(set_of(line_address) * ways_);
    const auto end = set + static_cast<std::ptrdiff_t>(ways_);
    const auto line_at = [this](auto place) {
        return &lines_[static_cast<std::size_t>(place - addresses_.begin())];
    };
    if (const auto found = std::find(set, end, line_address); found != end) {
        Line* const line = line_at(found);
        if (!first_to_go) line->used = accesses_;
        return line;
    }
    auto victim = end;
    for (auto place = set; place != end; ++place) {
        if (line_at(place)->pending != 0) continue;
        if (victim == end || line_at(place)->used < line_at(victim)->used) victim = place;
    }
    if (victim == end) return nullptr;
    *victim = line_address;
    Line* const line = line_at(victim);
    *line = {.used = first_to_go ? 0 : accesses_};
    return line;
}

std::uint8_t L1Tags::fetch(std::uint64_t line_address, std::uint8_t sector_mask,
                           isa::CachePolicy policy) {
    Line* const line = access(line_address, policy);
    if (line == nullptr) return sector_mask;
    const auto missing = static_cast<std::uint8_t>(sector_mask & ~line->valid);
    line->valid |= missing;
    return missing;
}

}  // namespace sptc::sm
