#include "models/base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "models/base/error.hpp"

namespace sptc::base {
namespace {

template <class Container>
Container read_whole(const std::filesystem::path& path) {
    std::error_code status;
    if (std::filesystem::is_directory(path, status)) {
        throw ConfigError(fmt::format("{}: is a directory, expected a file", path.string()));
    }
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    if (!stream) {
        throw ConfigError(fmt::format("{}: cannot be opened: {}", path.string(),
                                      std::strerror(errno != 0 ? errno : EIO)));
    }
    Container content;
    char buffer[1 << 16];
    while (stream.read(buffer, sizeof buffer), stream.gcount() > 0) {
        const auto* data = reinterpret_cast<const typename Container::value_type*>(buffer);
        content.insert(content.end(), data, data + stream.gcount());
    }
    if (stream.bad()) throw ConfigError(fmt::format("{}: read failed", path.string()));
    return content;
}

}  // namespace

std::vector<std::byte> read_bytes(const std::filesystem::path& path) {
    return read_whole<std::vector<std::byte>>(path);
}

std::string read_text(const std::filesystem::path& path) { return read_whole<std::string>(path); }

void write_bytes(const std::filesystem::path& path, std::span<const std::byte> bytes) {
    AtomicFile file(path);
    file.write(bytes);
    file.commit();
}

void write_text(const std::filesystem::path& path, std::string_view text) {
    write_bytes(path, std::as_bytes(std::span(text)));
}

AtomicFile::AtomicFile(std::filesystem::path path)
    : path_(std::move(path)), partial_(path_.string() + ".sptc-partial") {
    descriptor_ = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
        throw ConfigError(
            fmt::format("{}: cannot be written: {}", path_.string(), std::strerror(errno)));
    }
}

AtomicFile::~AtomicFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    std::error_code ignored;
    std::filesystem::remove(partial_, ignored);
}

void AtomicFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            throw ConfigError(
                fmt::format("{}: write failed: {}", path_.string(), std::strerror(errno)));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void AtomicFile::commit() {
    const int status = ::close(descriptor_);
    descriptor_ = -1;
    std::error_code error;
    if (status == 0) std::filesystem::rename(partial_, path_, error);
    if (status != 0 || error) {
        std::error_code ignored;
        std::filesystem::remove(partial_, ignored);
        throw ConfigError(fmt::format("{}: cannot be written: {}", path_.string(),
                                      error ? error.message() : std::strerror(errno)));
    }
}

}  // namespace sptc::base
