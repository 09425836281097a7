#include "models/memory/hbm.hpp"

#include <algorithm>

#include "models/sm/memory_request.hpp"

namespace sptc::memory {

using base::Cycle;

namespace {
constexpr std::uint64_t kMilli = 1000;
}

Hbm::Hbm(const sc_core::sc_module_name& name, const HbmSpec& spec, std::uint32_t l2_slices)
    : sc_module(name),
      spec_(spec),
      sector_millicycles_(static_cast<std::uint64_t>(sm::kSectorBytes * kMilli * spec.channels /
                                                     spec.bytes_per_cycle)),
      l2_slices_(l2_slices),
      channels_(spec.channels) {}

Cycle Hbm::transfer(std::uint32_t slice, std::uint32_t sectors, Cycle now) {
    const std::uint64_t work = sectors * sector_millicycles_;
    const std::uint64_t begin =
        channels_[slice * spec_.channels / l2_slices_].add(now * kMilli, work);
    return (begin + work + kMilli - 1) / kMilli;
}

Cycle Hbm::read(std::uint32_t slice, std::uint32_t sectors, Cycle now) {
    statistics_.read_sectors += sectors;
    return transfer(slice, sectors, now) + spec_.read_cycles;
}

void Hbm::write(std::uint32_t slice, std::uint32_t sectors, Cycle now) {
    statistics_.write_sectors += sectors;
    (void)transfer(slice, sectors, now);
}

void Hbm::reset() {
    std::fill(channels_.begin(), channels_.end(), Backlog{});
    statistics_ = {};
}

}  // namespace sptc::memory
