#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/sm/memory_request.hpp"
#include "models/sm/sm_spec.hpp"

namespace sptc::sm {

/// Wavefronts of one shared-memory instruction: passes over the bank array that its real addresses
/// need. Lanes are served in groups that together want at most one full width (32 lanes of up to 4
/// bytes, 16 of 8, 8 of 16; for ldmatrix the 8 rows of a matrix); inside a group a bank delivers
/// one word per wavefront, equal words are broadcast.
[[nodiscard]] std::uint32_t shared_wavefronts(const SharedMemorySpec& spec,
                                              std::span<const std::uint64_t> addresses,
                                              std::uint32_t active_mask,
                                              std::uint32_t bytes_per_lane);

/// Sectors of one line.
struct LineSectors {
    std::uint64_t line_address;
    std::uint8_t sector_mask;
    std::uint8_t atomic_steps = 0;  ///< atomics: the most lanes that change one word of the line
    std::uint8_t tag_pass = 0;      ///< in which the L1 looks its tag up
};

/// The lines and sectors that the active lanes of a global instruction touch, in order of first
/// touch. Lanes with zero bytes touch nothing.
void coalesce(std::span<const std::uint64_t> addresses, std::span<const std::uint8_t> bytes,
              std::uint32_t active_mask, std::vector<LineSectors>& lines);

}  // namespace sptc::sm
