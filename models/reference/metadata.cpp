#include "models/reference/metadata.hpp"

namespace sptc::reference {

std::vector<std::uint8_t> unpack_metadata(std::span<const std::byte> words) {
    constexpr unsigned kIndexBits = 2;
    constexpr unsigned kIndicesPerByte = 8 / kIndexBits;
    std::vector<std::uint8_t> indices;
    indices.reserve(words.size() * kIndicesPerByte);
    for (const std::byte byte : words) {
        for (unsigned i = 0; i < kIndicesPerByte; ++i) {
            indices.push_back(std::to_integer<std::uint8_t>(byte >> (kIndexBits * i)) & 3u);
        }
    }
    return indices;
}

}  // namespace sptc::reference
