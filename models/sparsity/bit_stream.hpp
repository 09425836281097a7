#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/base/error.hpp"

namespace sptc::sparsity {

/// Packs numbers of up to 32 bits into bytes, low bits first, without gaps.
class BitWriter {
  public:
    void write(std::uint32_t value, int bits) {
        SPTC_ASSERT(bits >= 0 && bits <= 32 && (bits == 32 || value >> bits == 0));
        for (int i = 0; i < bits; ++i, ++count_) {
            if (count_ % 8 == 0) bytes_.push_back(std::byte{0});
            if ((value >> i & 1) != 0) bytes_.back() |= std::byte{1} << (count_ % 8);
        }
    }
    [[nodiscard]] std::size_t bit_count() const { return count_; }
    [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

  private:
    std::vector<std::byte> bytes_;
    std::size_t count_ = 0;
};

/// Reads what a BitWriter wrote.
class BitReader {
  public:
    explicit BitReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

    [[nodiscard]] std::uint32_t read(int bits) {
        SPTC_ASSERT(bits >= 0 && bits <= 32 &&
                    next_ + static_cast<std::size_t>(bits) <= 8 * bytes_.size());
        std::uint32_t value = 0;
        for (int i = 0; i < bits; ++i, ++next_) {
            const auto bit = std::to_integer<std::uint32_t>(bytes_[next_ / 8] >> (next_ % 8)) & 1;
            value |= bit << i;
        }
        return value;
    }

  private:
    std::span<const std::byte> bytes_;
    std::size_t next_ = 0;
};

}  // namespace sptc::sparsity
