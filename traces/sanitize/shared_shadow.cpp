#include "traces/sanitize/shared_shadow.hpp"

namespace sptc::sanitize {
namespace {

/// One touch of a warp for two: lanes that read in one epoch are kept together, of several epochs
/// the last counts.
void merge(Touch& old, const Touch& read) {
    const std::uint32_t lanes = old.present() && old.epoch == read.epoch ? old.lanes : 0;
    old = read;
    old.lanes |= lanes;
}

}  // namespace

SharedShadow::SharedShadow(std::uint32_t bytes, std::uint32_t granule_bytes, std::uint32_t warps)
    : granule_bytes_(granule_bytes),
      warps_(warps),
      cells_((bytes + granule_bytes - 1) / granule_bytes) {}

std::int32_t SharedShadow::take_block() {
    if (!free_.empty()) {
        const std::int32_t block = free_.back();
        free_.pop_back();
        return block;
    }
    const auto block = static_cast<std::int32_t>(more_.size() / warps_);
    more_.resize(more_.size() + warps_);
    return block;
}

void SharedShadow::add_read(std::uint32_t granule, const Touch& read, std::uint32_t lane,
                            const Clocks& clocks) {
    Cell& cell = cells_[granule];
    if (cell.more >= 0) {
        merge(more_[static_cast<std::size_t>(cell.more) * warps_ + read.warp], read);
        return;
    }
    Touch& old = cell.read;
    if (!old.present() || old.warp == read.warp ||
        clocks.ordered(old.warp, old.lanes, old.epoch, read.warp, lane)) {
        merge(old, read);
        return;
    }
    cell.more = take_block();
    Touch* block = more_.data() + static_cast<std::size_t>(cell.more) * warps_;
    block[old.warp] = old;
    merge(block[read.warp], read);
    old = {};
}

}  // namespace sptc::sanitize
