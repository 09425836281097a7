#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace sptc::trace_file {

/// Bytes that no writer makes. Whoever knows the file turns it into a ConfigError with the file and
/// the offset.
class Malformed : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Seven bits a byte, the lowest first; the top bit says that more follow.
inline void append_varint(std::vector<std::byte>& bytes, std::uint64_t value) {
    constexpr std::uint64_t kMore = 0x80;
    for (; value >= kMore; value >>= 7) {
        bytes.push_back(static_cast<std::byte>((value & (kMore - 1)) | kMore));
    }
    bytes.push_back(static_cast<std::byte>(value));
}

/// Differences modulo 2^64, small ones of either sign as small numbers: 0, -1, 1, -2, ...
[[nodiscard]] constexpr std::uint64_t zigzag(std::uint64_t difference) {
    return (difference << 1) ^ (std::uint64_t{0} - (difference >> 63));
}
[[nodiscard]] constexpr std::uint64_t unzigzag(std::uint64_t code) {
    return (code >> 1) ^ (std::uint64_t{0} - (code & 1));
}

/// Reads bytes from front to back. Every member throws Malformed at the end.
class ByteReader {
  public:
    ByteReader() = default;
    explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

    [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }

    [[nodiscard]] std::size_t position() const { return at_; }

    [[nodiscard]] std::uint8_t byte() {
        if (at_end()) throw Malformed("ends in the middle of a record");
        return static_cast<std::uint8_t>(bytes_[at_++]);
    }

    [[nodiscard]] std::uint64_t varint() {
        constexpr unsigned kBits = 64;
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < kBits; shift += 7) {
            const std::uint8_t next = byte();
            value |= std::uint64_t{next & 0x7fu} << shift;
            if ((next & 0x80u) == 0) return value;
        }
        throw Malformed("a number has more than 64 bits");
    }

    /// A varint of at most `limit`.
    [[nodiscard]] std::uint64_t varint(std::uint64_t limit) {
        const std::uint64_t value = varint();
        if (value > limit) {
            throw Malformed("found the number " + std::to_string(value) + ", expected at most " +
                            std::to_string(limit));
        }
        return value;
    }

    [[nodiscard]] std::span<const std::byte> bytes(std::uint64_t count) {
        if (count > bytes_.size() - at_) throw Malformed("ends in the middle of a list");
        const auto found = bytes_.subspan(at_, static_cast<std::size_t>(count));
        at_ += found.size();
        return found;
    }

  private:
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
};

}  // namespace sptc::trace_file
