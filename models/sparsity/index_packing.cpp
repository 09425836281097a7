#include "models/sparsity/index_packing.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"

namespace sptc::sparsity {

std::size_t packed_index_bytes(std::size_t count, const Pattern& pattern) {
    return (count * static_cast<std::size_t>(pattern.index_bits) + 7) / 8;
}

std::vector<std::byte> pack_indices(std::span<const std::uint8_t> indices, const Pattern& pattern) {
    std::vector<std::byte> packed;
    packed.reserve(packed_index_bytes(indices.size(), pattern));
    std::uint32_t pending = 0;
    int pending_bits = 0;
    for (const std::uint8_t index : indices) {
        SPTC_ASSERT(index < pattern.m);
        pending |= std::uint32_t{index} << pending_bits;
        pending_bits += pattern.index_bits;
        for (; pending_bits >= 8; pending_bits -= 8, pending >>= 8) {
            packed.push_back(static_cast<std::byte>(pending & 0xffu));
        }
    }
    if (pending_bits > 0) packed.push_back(static_cast<std::byte>(pending));
    return packed;
}

std::vector<std::uint8_t> unpack_indices(std::span<const std::byte> packed, std::size_t count,
                                         const Pattern& pattern) {
    const std::size_t expected = packed_index_bytes(count, pattern);
    if (packed.size() != expected) {
        throw base::ConfigError(
            fmt::format("packed indices: {} bytes, expected {} ({} indices of {} bits)",
                        packed.size(), expected, count, pattern.index_bits));
    }
    std::vector<std::uint8_t> indices;
    indices.reserve(count);
    const std::uint32_t mask = (1u << pattern.index_bits) - 1;
    std::uint32_t pending = 0;
    int pending_bits = 0;
    for (std::size_t next = 0; indices.size() < count;) {
        if (pending_bits < pattern.index_bits) {
            pending |= std::to_integer<std::uint32_t>(packed[next++]) << pending_bits;
            pending_bits += 8;
        }
        indices.push_back(static_cast<std::uint8_t>(pending & mask));
        pending >>= pattern.index_bits;
        pending_bits -= pattern.index_bits;
    }
    return indices;
}

}  // namespace sptc::sparsity
