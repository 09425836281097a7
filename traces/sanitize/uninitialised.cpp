#include "traces/sanitize/uninitialised.hpp"

namespace sptc::sanitize {

void UninitialisedBuffers::add(std::uint64_t address, std::uint64_t bytes) {
    regions_.push_back({address, address + bytes, WrittenBytes(bytes)});
}

std::size_t UninitialisedBuffers::find(std::uint64_t address) const {
    std::size_t i = 0;
    while (i < regions_.size() && (address < regions_[i].begin || address >= regions_[i].end)) ++i;
    return i;
}

bool UninitialisedBuffers::written(std::uint64_t address, std::uint64_t size) const {
    const std::size_t i = find(address);
    return i == regions_.size() || regions_[i].written.all(address - regions_[i].begin, size);
}

void UninitialisedBuffers::write(std::uint64_t address, std::uint64_t size) {
    const std::size_t i = find(address);
    if (i != regions_.size()) regions_[i].written.set(address - regions_[i].begin, size);
}

}  // namespace sptc::sanitize
