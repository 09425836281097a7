#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace sptc::tensor_file {

/// A file that is read in pieces: only the bytes that are asked for, and none past its end. All
/// errors are ConfigError.
class InputFile {
  public:
    /// Throws when the path is not a regular file that can be opened.
    explicit InputFile(const std::filesystem::path& path);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

    /// The bytes [offset, offset + count). Throws naming `what` and the positions when the file
    /// ends before; nothing is allocated then.
    [[nodiscard]] std::vector<std::byte> read(std::uint64_t offset, std::uint64_t count,
                                              std::string_view what);

    /// Throws ConfigError "name: byte N: message".
    [[noreturn]] void fail(std::uint64_t position, std::string_view message) const;

  private:
    std::string name_;
    std::uint64_t size_bytes_ = 0;
    std::ifstream stream_;
};

/// `count` bytes from `offset` of `bytes` as an unsigned little-endian number.
[[nodiscard]] std::uint64_t little_endian(const std::vector<std::byte>& bytes, std::size_t offset,
                                          std::size_t count);

}  // namespace sptc::tensor_file
