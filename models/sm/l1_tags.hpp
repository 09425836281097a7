#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/sm/memory_request.hpp"
#include "models/sm/sm_spec.hpp"

namespace sptc::sm {

/// The tags of an L1: sets of lines with a valid bit per sector, and the sectors on their way. What
/// shared memory leaves of the data array is spread over the sets as ways; the least recently used
/// line goes. Part of the L1 cache, and all of it for an SM of which only the traffic is simulated.
class L1Tags {
  public:
    using FetchId = std::uint32_t;
    static constexpr std::uint32_t kSectors = kLineBytes / kSectorBytes;

    struct Line {
        std::uint64_t used = 0;                 ///< number of the last access; 0: goes first
        std::uint8_t valid = 0;                 ///< sectors
        std::uint8_t pending = 0;               ///< sectors on their way
        std::array<FetchId, kSectors> fetch{};  ///< of each pending sector: what brings it
    };

    explicit L1Tags(const L1Spec& spec) : spec_(spec) {}

    /// Empties the tags; they stand for `bytes` of data from now on.
    void reset(std::uint32_t bytes);

    /// The line for an access, newly allocated when it was absent; nullptr when every line of its
    /// set waits for data. The pointer stays good until the next reset, and the line is the same
    /// one while it has pending sectors.
    [[nodiscard]] Line* access(std::uint64_t line_address, isa::CachePolicy policy);

    /// For those who do not wait for data: the sectors of a mask that the access must fetch. They
    /// count as present from now on.
    [[nodiscard]] std::uint8_t fetch(std::uint64_t line_address, std::uint8_t sector_mask,
                                     isa::CachePolicy policy);

  private:
    [[nodiscard]] std::size_t set_of(std::uint64_t line_address) const;

    static constexpr std::uint64_t kNoLine = ~0ull;

    const L1Spec& spec_;
    std::size_t ways_ = 0;
    int set_bits_ = 0;
    std::vector<std::uint64_t> addresses_;  ///< [set][way]
    std::vector<Line> lines_;               ///< [set][way]
    std::uint64_t accesses_ = 0;
};

}  // namespace sptc::sm
