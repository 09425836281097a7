#include "traces/launch/device_memory.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <new>

#include "models/base/error.hpp"

namespace sptc::launch {
namespace {

// Where buffers lie is arbitrary (assumed): the range that CUDA uses on Linux, 2 MiB pages, and at
// least half a page that belongs to nobody after every buffer.
constexpr std::uint64_t kFirstAddress = 0x7f00'0000'0000u;
constexpr std::uint64_t kPageBytes = 2u << 20;
constexpr std::uint64_t kMinimumGapBytes = kPageBytes / 2;
constexpr std::uint64_t kSmallVariableBytes = 16u << 20;

}  // namespace

DeviceMemory::DeviceMemory(const std::vector<Buffer>& buffers, Values values) {
    std::uint64_t next = kFirstAddress;
    for (const Buffer& buffer : buffers) {
        SPTC_ASSERT(buffer.data.empty() || buffer.data.size() == buffer.bytes);
        Region region{
            buffer.name, next, buffer.bytes, {}, std::make_unique<std::atomic<bool>>(false)};
        try {
            if (!buffer.data.empty()) {
                region.data = buffer.data;
            } else if (values == Values::kOn) {
                region.data.resize(buffer.bytes);
            }
        } catch (const std::bad_alloc&) {
            throw base::ConfigError(
                fmt::format("buffer '{}': no host memory for {} bytes", buffer.name, buffer.bytes));
        }
        regions_.push_back(std::move(region));
        next += (buffer.bytes + kMinimumGapBytes + kPageBytes - 1) / kPageBytes * kPageBytes;
    }
}

std::uint64_t DeviceMemory::address(const std::string& buffer) const {
    std::vector<std::string_view> names;
    for (const Region& region : regions_) {
        if (region.name == buffer) return region.begin;
        names.push_back(region.name);
    }
    throw base::ConfigError(
        fmt::format("unknown buffer '{}': expected one of {}", buffer, fmt::join(names, ", ")));
}

void DeviceMemory::map(const std::string& name, std::uint64_t address, std::uint64_t bytes,
                       const std::vector<std::byte>& data, Values values) {
    SPTC_ASSERT(data.empty() || data.size() == bytes);
    const auto at = std::lower_bound(
        regions_.begin(), regions_.end(), address,
        [](const Region& region, std::uint64_t wanted) { return region.begin < wanted; });
    const bool inside =
        at != regions_.begin() && std::prev(at)->begin + std::prev(at)->bytes > address;
    const bool overlaps = at != regions_.end() && at->begin < address + bytes;
    if (overlaps && at->name == name && at->begin == address && at->bytes == bytes) return;
    if (inside || overlaps) {
        throw base::ConfigError(
            fmt::format("no room for the module variable '{}' at 0x{:x}", name, address));
    }
    Region region{name, address, bytes, data, std::make_unique<std::atomic<bool>>(false)};
    // Variables are small, and their zeros are known to the program: kept with values off too.
    if (values == Values::kOn || bytes <= kSmallVariableBytes) region.data.resize(bytes);
    regions_.insert(at, std::move(region));
}

const DeviceMemory::Region* DeviceMemory::region_of(std::uint64_t address,
                                                    std::uint64_t size) const {
    const auto after = std::upper_bound(
        regions_.begin(), regions_.end(), address,
        [](std::uint64_t wanted, const Region& region) { return wanted < region.begin; });
    if (after == regions_.begin()) return nullptr;
    const Region& region = *std::prev(after);
    const std::uint64_t offset = address - region.begin;
    return size <= region.bytes && offset <= region.bytes - size ? &region : nullptr;
}

std::byte* DeviceMemory::find(std::uint64_t address, std::uint64_t size) {
    const Region* region = region_of(address, size);
    if (region == nullptr || region->data.empty()) return nullptr;
    if (region->discarded->load(std::memory_order_relaxed)) return nullptr;
    return const_cast<std::byte*>(region->data.data()) + (address - region->begin);
}

bool DeviceMemory::contains(std::uint64_t address, std::uint64_t size) const {
    return region_of(address, size) != nullptr;
}

DeviceMemory::Range DeviceMemory::buffer_around(std::uint64_t address) const {
    const Region* region = region_of(address, 1);
    return region == nullptr ? Range{} : Range{region->begin, region->begin + region->bytes};
}

void DeviceMemory::discard_content(std::uint64_t address) {
    const Region* region = region_of(address, 1);
    if (region != nullptr) region->discarded->store(true, std::memory_order_relaxed);
}

std::string DeviceMemory::describe(std::uint64_t address) const {
    if (regions_.empty()) return "the launch has no buffers";
    const Region* before = nullptr;
    const Region* after = nullptr;
    for (const Region& region : regions_) {
        if (region.begin <= address) {
            before = &region;
        } else if (after == nullptr) {
            after = &region;
        }
    }
    if (before != nullptr && address - before->begin < before->bytes) {
        return fmt::format("byte {} of buffer '{}' ({} bytes)", address - before->begin,
                           before->name, before->bytes);
    }
    const std::uint64_t past =
        before != nullptr ? address - before->begin - before->bytes : UINT64_MAX;
    if (after != nullptr && after->begin - address < past) {
        return fmt::format("{} bytes before the start of buffer '{}' ({} bytes)",
                           after->begin - address, after->name, after->bytes);
    }
    SPTC_ASSERT(before != nullptr);
    return fmt::format("{} bytes past the end of buffer '{}' ({} bytes)", past, before->name,
                       before->bytes);
}

std::span<const std::byte> DeviceMemory::content(const std::string& buffer) const {
    const Region* region = region_of(address(buffer), 0);
    SPTC_ASSERT(region != nullptr);
    return region->data;
}

}  // namespace sptc::launch
