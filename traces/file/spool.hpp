#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace sptc::trace_file {

/// A nameless temporary file beside the one that is being written (or in the system's temporary
/// folder where that is not possible): what comes early waits in it for its place.
class Spool {
  public:
    /// Throws ConfigError.
    explicit Spool(const std::filesystem::path& beside);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    /// Where the bytes now are. Throws ConfigError when the disk is full.
    std::uint64_t append(std::span<const std::byte> bytes);
    [[nodiscard]] std::vector<std::byte> read(std::uint64_t offset, std::size_t bytes) const;

  private:
    std::filesystem::path beside_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

}  // namespace sptc::trace_file
