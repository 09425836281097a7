#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace sptc::ptx {

inline constexpr std::uint32_t kBarriersPerCta = 16;  ///< PTX ISA, bar

/// The predicates of bar.red at the barriers of one CTA. A warp gives its own when it arrives, and
/// reads the result with its next instruction, when the barrier has opened.
class BarrierReductions {
  public:
    struct Result {
        std::uint32_t holding = 0;  ///< threads whose predicate holds
        std::uint32_t threads = 0;  ///< of how many
    };

    /// A warp arrives at a barrier that waits for so many warps; 0: for the whole CTA.
    void arrive(std::uint32_t barrier, std::uint32_t expected_warps);
    void give(std::uint32_t barrier, std::uint32_t warp, Result part);
    /// What all have given; every warp takes it once.
    [[nodiscard]] Result take(std::uint32_t barrier, std::uint32_t warp);

  private:
    struct Phase {
        std::uint32_t arrived_warps = 0;
        Result sum;
        std::vector<std::uint32_t> readers;
    };
    void complete(Phase& phase);

    std::array<Phase, kBarriersPerCta> phases_;
    std::vector<std::optional<Result>> results_;  ///< by warp
};

}  // namespace sptc::ptx
