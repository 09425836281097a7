#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/isa/instruction.hpp"
#include "traces/file/varint.hpp"

namespace sptc::trace_file {

/// The addresses of one record: those of the lanes in `mask`, others without meaning.
using LaneAddresses = std::array<std::uint64_t, isa::kLanes>;

/// What the addresses of one instruction, or one side of a copy, did last in a warp.
struct AddressHistory {
    std::uint64_t base = 0;
    std::uint64_t step = 0;  ///< base - the base before
    std::uint16_t pattern = 0;
    bool used = false;
};

/// Addresses as base + pattern. A pattern holds the offset of each lane from the base; each warp
/// keeps the latest ones. Both directions go through the same states, so that what is written as
/// "like the last time" reads the same. One object per warp and direction of use.
class AddressCodec {
  public:
    /// Appends the addresses to `bytes`. `flags` (below 32) are free bits for the caller. `mask` is
    /// not 0.
    void encode(AddressHistory& history, const LaneAddresses& addresses, std::uint32_t mask,
                std::uint8_t flags, std::vector<std::byte>& bytes);

    /// Reads what encode() wrote and returns the flags. Throws Malformed.
    std::uint8_t decode(AddressHistory& history, std::uint32_t mask, ByteReader& bytes,
                        LaneAddresses& addresses);

  private:
    struct Pattern {
        std::uint32_t mask = 0;  ///< lanes whose offset is known
        LaneAddresses offsets{};
    };

    /// A warp that never saw this instruction begins with what its last one did.
    void begin(AddressHistory& history) const;
    [[nodiscard]] static bool matches(const Pattern& pattern, const LaneAddresses& addresses,
                                      std::uint32_t mask, std::uint64_t& base);
    [[nodiscard]] static Pattern affine(std::uint64_t stride);
    std::uint16_t add(const Pattern& pattern);
    void moved(AddressHistory& history, std::uint64_t base, std::uint16_t pattern);

    std::vector<Pattern> patterns_;
    std::uint16_t oldest_ = 0;  ///< the pattern that the next one replaces
    AddressHistory latest_;
};

}  // namespace sptc::trace_file
