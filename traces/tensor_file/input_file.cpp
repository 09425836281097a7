#include "traces/tensor_file/input_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "models/base/error.hpp"

namespace sptc::tensor_file {

InputFile::InputFile(const std::filesystem::path& path) : name_(path.string()) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        throw base::ConfigError(fmt::format("{}: not a regular file", name_));
    }
    errno = 0;
    stream_.open(path, std::ios::binary);
    if (!stream_) {
        throw base::ConfigError(fmt::format("{}: cannot be opened: {}", name_,
                                            std::strerror(errno != 0 ? errno : EIO)));
    }
    size_bytes_ = std::filesystem::file_size(path, error);
    if (error) throw base::ConfigError(fmt::format("{}: {}", name_, error.message()));
}

std::vector<std::byte> InputFile::read(std::uint64_t offset, std::uint64_t count,
                                       std::string_view what) {
    if (offset > size_bytes_ || count > size_bytes_ - offset) {
        fail(size_bytes_, fmt::format("the file ends here, expected {} bytes of {} from byte {}",
                                      count, what, offset));
    }
    std::vector<std::byte> bytes(count);
    stream_.seekg(static_cast<std::streamoff>(offset));
    stream_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(count));
    if (!stream_) fail(offset, fmt::format("{} cannot be read", what));
    return bytes;
}

void InputFile::fail(std::uint64_t position, std::string_view message) const {
    throw base::ConfigError(fmt::format("{}: byte {}: {}", name_, position, message));
}

std::uint64_t little_endian(const std::vector<std::byte>& bytes, std::size_t offset,
                            std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        value |= std::to_integer<std::uint64_t>(bytes.at(offset + i)) << (8 * i);
    }
    return value;
}

}  // namespace sptc::tensor_file
