#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sptc::base {

/// The whole file as bytes. Throws ConfigError naming the path when it cannot be read.
[[nodiscard]] std::vector<std::byte> read_bytes(const std::filesystem::path& path);

/// The whole file as text. Throws ConfigError naming the path when it cannot be read.
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

/// Writes a file that appears whole or not at all: into a sibling with the suffix .sptc-partial,
/// renamed at the end. Throws ConfigError naming the path when it cannot be written.
void write_bytes(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_text(const std::filesystem::path& path, std::string_view text);

/// Throws ConfigError when a file could not be written later: call it before long work. Changes
/// nothing.
void require_writable(const std::filesystem::path& path);

/// The same for output that is produced piece by piece: commit() makes the file appear, destruction
/// without it removes what was written.
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::span<const std::byte> bytes);
    void commit();

  private:
    void remove_partial();

    std::filesystem::path path_;
    std::filesystem::path
        partial_;  ///< equal to path_ for a device or pipe, which cannot be replaced
    int descriptor_ = -1;
};

}  // namespace sptc::base
