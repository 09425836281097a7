#pragma once
#include <array>
#include <cstdint>

namespace sptc::sm {

inline constexpr std::uint32_t kLineBytes =
    128;  ///< cache line (assumed; no primary figure is public)
inline constexpr std::uint32_t kSectorBytes =
    32;  ///< smallest unit between SM, L2 and HBM (assumed, as above)

/// How many sectors a mask names. A table, because without a popcount instruction in the baseline
/// every count would be a call of the compiler's library.
[[nodiscard]] constexpr std::uint32_t count_sectors(std::uint8_t sector_mask) {
    constexpr std::array<std::uint8_t, 16> kCounts{0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};
    static_assert(1u << (kLineBytes / kSectorBytes) == kCounts.size());
    return kCounts[sector_mask];
}

/// What an SM asks of the memory system: some sectors of one line.
struct MemoryRequest {
    std::uint64_t line_address = 0;  ///< multiple of kLineBytes
    std::uint8_t sector_mask = 0;    ///< bit s: sector s of the line
    bool write = false;              ///< no data comes back
    std::uint32_t sm = 0;
    std::uint32_t fetch = 0;        ///< the SM's own name for the request, returned unchanged
    std::uint8_t atomic_steps = 0;  ///< of an atomic: the most lanes that change one word; else 0

    [[nodiscard]] std::uint32_t sectors() const { return count_sectors(sector_mask); }
};

/// Data has come back, or a write has been accepted by the L2.
struct MemoryResponse {
    std::uint32_t fetch = 0;
};

}  // namespace sptc::sm
