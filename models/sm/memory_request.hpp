#pragma once
#include <bit>
#include <cstdint>

namespace sptc::sm {

inline constexpr std::uint32_t kLineBytes =
    128;  ///< cache line (assumed; no primary figure is public)
inline constexpr std::uint32_t kSectorBytes =
    32;  ///< smallest unit between SM, L2 and HBM (assumed, as above)

/// What an SM asks of the memory system: some sectors of one line.
struct MemoryRequest {
    std::uint64_t line_address = 0;  ///< multiple of kLineBytes
    std::uint8_t sector_mask = 0;    ///< bit s: sector s of the line
    bool write = false;
    std::uint32_t sm = 0;
    std::uint32_t operation = 0;  ///< the SM's own name for the instruction, returned unchanged

    [[nodiscard]] std::uint32_t sectors() const {
        return static_cast<std::uint32_t>(std::popcount(sector_mask));
    }
};

/// Data has come back, or a write has been accepted by the L2.
struct MemoryResponse {
    std::uint32_t operation = 0;
    bool write = false;
};

}  // namespace sptc::sm
