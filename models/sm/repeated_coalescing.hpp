#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/sm/bank_conflicts.hpp"

namespace sptc::sm {

/// coalesce() for many warps that run the same instruction: where the addresses are those of the
/// call before, moved by whole lines, so are the lines, and nothing is computed again.
class RepeatedCoalescing {
  public:
    struct Result {
        std::span<const LineSectors> lines;  ///< valid until the next call
        std::uint64_t offset;                ///< to add to each line address, modulo 2^64
    };

    [[nodiscard]] Result coalesce(const std::array<std::uint64_t, isa::kLanes>& addresses,
                                  const std::array<std::uint8_t, isa::kLanes>& bytes,
                                  std::uint32_t active_mask);

  private:
    std::array<std::uint64_t, isa::kLanes> addresses_{};
    std::array<std::uint8_t, isa::kLanes> bytes_{};
    std::uint32_t active_mask_ = 0;  ///< 0: nothing is remembered
    std::vector<LineSectors> lines_;
};

}  // namespace sptc::sm
