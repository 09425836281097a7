#pragma once
#include <cstdint>

#include "models/isa/metadata_format.hpp"

namespace sptc::tensor_core {

inline constexpr int kCodeBits = 4;  ///< of the metadata of one chunk

/// A dense slot selects its own place in its aligned four.
inline constexpr std::uint64_t kDenseSelects = 0x0302010003020100u;

/// The lowest bit of every code (of 16 in a word) that is not legal: isa::is_legal_code for all of
/// them at once.
[[nodiscard]] inline std::uint64_t illegal_codes(const isa::MetadataFormat& format,
                                                 isa::MetadataOrdering ordering,
                                                 std::uint64_t codes) {
    constexpr std::uint64_t kLowestBits = 0x1111111111111111u;
    const std::uint64_t first_low = codes, first_high = codes >> 1;
    const std::uint64_t second_low = codes >> 2, second_high = codes >> 3;
    std::uint64_t legal = 0;
    if (format.selects() == 1) {  // 0100 and 1110
        legal = ~first_low & second_low & ~(first_high ^ second_high);
    } else if (ordering == isa::MetadataOrdering::kAny) {
        legal = (first_low ^ second_low) | (first_high ^ second_high);
    } else {  // the second index is the larger
        legal =
            (second_high & ~first_high) | (~(second_high ^ first_high) & second_low & ~first_low);
    }
    return ~legal & kLowestBits;
}

/// The selects of slots 8 * eight .. 8 * eight + 7, a byte each: MetadataFormat::select for all of
/// them at once.
[[nodiscard]] inline std::uint64_t expand_codes(const isa::MetadataFormat& format,
                                                std::uint64_t codes, int eight) {
    if (format.selects() == 1) {  // eight codes, bit 1 of each
        std::uint64_t x = (codes >> (32 * eight)) & 0xffffffffu;
        x = (x | x << 16) & 0x0000ffff0000ffffu;
        x = (x | x << 8) & 0x00ff00ff00ff00ffu;
        x = (x | x << 4) & 0x0f0f0f0f0f0f0f0fu;
        return (x >> 1) & 0x0101010101010101u;
    }
    std::uint64_t x = (codes >> (16 * eight)) & 0xffffu;  // four codes, two selects each
    x = (x | x << 24) & 0x000000ff000000ffu;
    x = (x | x << 12) & 0x000f000f000f000fu;
    return (x | x << 6) & 0x0303030303030303u;
}

}  // namespace sptc::tensor_core
