#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/sm/bank_conflicts.hpp"
#include "models/sm/sm_spec.hpp"

namespace sptc::sm {

/// The most lanes of a shared-memory atomic that one bank serves, one after another: unlike loads,
/// lanes with the same word share nothing. Lanes are served in groups as loads are.
[[nodiscard]] std::uint32_t atomic_conflicts(
    const SharedMemorySpec& spec, const std::array<std::uint64_t, isa::kLanes>& addresses,
    std::uint32_t active_mask, std::uint32_t bytes_per_lane);

/// The most active lanes whose addresses are one word of a line.
[[nodiscard]] std::uint8_t atomic_steps(const std::array<std::uint64_t, isa::kLanes>& addresses,
                                        std::uint32_t active_mask, std::uint64_t line_address);

/// Fills in LineSectors::atomic_steps of the lines of a global atomic.
void count_atomic_steps(const std::array<std::uint64_t, isa::kLanes>& addresses,
                        std::uint32_t active_mask, std::vector<LineSectors>& lines);

}  // namespace sptc::sm
