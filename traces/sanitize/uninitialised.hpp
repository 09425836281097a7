#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sptc::sanitize {

/// Which bytes of a memory nobody has written: one bit each.
class WrittenBytes {
  public:
    explicit WrittenBytes(std::uint64_t bytes) : words_((bytes + 63) / 64) {}

    /// `size` is at most 16 and the access does not cross a multiple of 16.
    [[nodiscard]] bool all(std::uint64_t offset, std::uint64_t size) const {
        return (words_[offset / 64] & mask(offset, size)) == mask(offset, size);
    }
    void set(std::uint64_t offset, std::uint64_t size) {
        words_[offset / 64] |= mask(offset, size);
    }

  private:
    static std::uint64_t mask(std::uint64_t offset, std::uint64_t size) {
        return ((1ull << size) - 1) << offset % 64;
    }
    std::vector<std::uint64_t> words_;
};

/// The buffers of a launch that have a size only: on a GPU they hold anything until a kernel writes
/// them. All others are initialised.
class UninitialisedBuffers {
  public:
    void add(std::uint64_t address, std::uint64_t bytes);

    [[nodiscard]] bool written(std::uint64_t address, std::uint64_t size) const;
    void write(std::uint64_t address, std::uint64_t size);

  private:
    struct Region {
        std::uint64_t begin;
        std::uint64_t end;
        WrittenBytes written;
    };
    [[nodiscard]] std::size_t find(std::uint64_t address) const;  ///< regions_.size(): none
    std::vector<Region> regions_;
};

}  // namespace sptc::sanitize
