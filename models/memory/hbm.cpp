#include "models/memory/hbm.hpp"

#include <algorithm>

#include "models/memory/address_hash.hpp"
#include "models/sm/memory_request.hpp"

namespace sptc::memory {

using base::Cycle;

namespace {
constexpr std::uint64_t kMilli = 1000;
}

Hbm::Hbm(const sc_core::sc_module_name& name, const HbmSpec& spec)
    : sc_module(name),
      spec_(spec),
      sector_millicycles_(static_cast<std::uint64_t>(sm::kSectorBytes * kMilli * spec.channels /
                                                     spec.bytes_per_cycle)),
      free_millicycles_(spec.channels, 0) {}

Cycle Hbm::transfer(std::uint64_t line_address, std::uint32_t sectors, Cycle now) {
    // The upper half of the hash: the lower one chooses the slice, and the two must not go
    // together.
    const std::uint64_t hash = address_hash(line_address / sm::kLineBytes) >> 32;
    std::uint64_t& free = free_millicycles_[hash % free_millicycles_.size()];
    free = std::max(free, now * kMilli) + sectors * sector_millicycles_;
    return (free + kMilli - 1) / kMilli;
}

Cycle Hbm::read(std::uint64_t line_address, std::uint32_t sectors, Cycle now) {
    statistics_.read_sectors += sectors;
    return transfer(line_address, sectors, now) + spec_.read_cycles;
}

void Hbm::write(std::uint64_t line_address, std::uint32_t sectors, Cycle now) {
    statistics_.write_sectors += sectors;
    (void)transfer(line_address, sectors, now);
}

void Hbm::reset() {
    std::fill(free_millicycles_.begin(), free_millicycles_.end(), 0u);
    statistics_ = {};
}

}  // namespace sptc::memory
