#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace sptc::trace_file {

/// Makes zstd frames that carry their size and a checksum of what they hold.
class Compressor {
  public:
    Compressor();
    ~Compressor();
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;

    /// The frame; valid until the next call.
    [[nodiscard]] std::span<const std::byte> compress(std::span<const std::byte> bytes);

  private:
    struct Context;
    std::unique_ptr<Context> context_;
    std::vector<std::byte> frame_;
};

/// What one frame holds. Throws Malformed when it is damaged or says that it holds more than
/// `limit` bytes.
[[nodiscard]] std::vector<std::byte> decompress(std::span<const std::byte> frame,
                                                std::uint64_t limit);

}  // namespace sptc::trace_file
