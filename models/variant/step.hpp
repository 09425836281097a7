#pragma once
#include <cstdint>

namespace sptc::variant {

/// One tile step of a loop nest: rows x columns of D, over k_count columns of A.
struct Step {
    int row = 0;
    int rows = 0;
    int column = 0;
    int columns = 0;
    int k = 0;
    int k_count = 0;
    bool a_from_dram = false;  ///< A of this step is not in the shared memory yet
    bool b_from_dram = false;
    bool ends_tile = false;  ///< D of the tile is done
};

/// What a step takes of a machine.
struct Needs {
    std::uint64_t a_bits = 0;  ///< stored values
    std::uint64_t a_metadata_bits = 0;
    std::uint64_t b_bits = 0;
    std::uint64_t b_metadata_bits = 0;
    std::uint64_t conflict_bits = 0;  ///< bandwidth of the shared memory lost to bank conflicts
    std::uint64_t cycles = 0;         ///< of the multiplier array
    std::uint64_t products = 0;       ///< multiplications executed
    std::uint64_t gated = 0;          ///< lanes that had nothing to do

    [[nodiscard]] std::uint64_t feed_bits() const {
        return a_bits + a_metadata_bits + b_bits + b_metadata_bits + conflict_bits;
    }
};

/// Steps in the order in which a machine executes them.
class StepSource {
  public:
    virtual ~StepSource() = default;
    /// The next step; nullptr when there is none.
    [[nodiscard]] virtual const Step* peek() const = 0;
    virtual void advance() = 0;
};

}  // namespace sptc::variant
