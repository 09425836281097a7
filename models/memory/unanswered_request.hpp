#pragma once
#include <cstdint>

#include "models/memory/memory_spec.hpp"
#include "models/sm/memory_request.hpp"

namespace sptc::memory {

/// A request whose answer nobody waits for, in one word: there are many of them.
class UnansweredRequest {
  public:
    UnansweredRequest(std::uint64_t line_address, std::uint8_t sector_mask, bool write,
                      std::uint32_t partition, std::uint8_t atomic_steps = 0)
        : bits_(line_address | (write ? kWrite : 0u) | sector_mask |
                std::uint64_t{partition} << kPartitionBit |
                std::uint64_t{atomic_steps} << kStepsBit) {}

    [[nodiscard]] std::uint64_t line_address() const { return bits_ & ~kOffset & ~kSteps; }
    [[nodiscard]] std::uint32_t partition() const {
        return static_cast<std::uint32_t>(bits_ >> kPartitionBit) & (kMaxPartitions - 1);
    }
    [[nodiscard]] std::uint8_t atomic_steps() const {
        return static_cast<std::uint8_t>(bits_ >> kStepsBit);
    }
    [[nodiscard]] std::uint8_t sector_mask() const {
        return static_cast<std::uint8_t>(bits_ & kSectors);
    }
    [[nodiscard]] bool write() const { return (bits_ & kWrite) != 0; }

  private:
    static constexpr std::uint64_t kOffset = sm::kLineBytes - 1;  ///< 0 in a line's address
    static constexpr std::uint64_t kSectors = (1u << (sm::kLineBytes / sm::kSectorBytes)) - 1;
    static constexpr std::uint64_t kWrite = kSectors + 1;
    static constexpr int kPartitionBit = 5;
    static_assert(kWrite < 1u << kPartitionBit);
    static_assert((kMaxPartitions << kPartitionBit) - 1 <= kOffset);
    static constexpr int kStepsBit = 58;  ///< above every device address
    static constexpr std::uint64_t kSteps = ~0ull << kStepsBit;

    std::uint64_t bits_;
};

}  // namespace sptc::memory
