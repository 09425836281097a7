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

void require_writable(const std::filesystem::path& path) { const AtomicFile probe(path); }

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
    std::error_code error;
    if (std::filesystem::is_directory(path_, error)) {
        throw ConfigError(fmt::format("{}: cannot be written: is a directory", path_.string()));
    }
    // Through a link the file itself is replaced; what is no regular file is written in place.
    if (std::filesystem::is_symlink(path_, error)) {
        const std::filesystem::path target = std::filesystem::canonical(path_, error);
        if (!error) path_ = target;
    }
    const bool in_place =
        std::filesystem::exists(path_, error) && !std::filesystem::is_regular_file(path_, error);
    partial_ = in_place ? path_ : std::filesystem::path(path_.string() + ".sptc-partial");
    const int flags = O_WRONLY | O_CLOEXEC | (in_place ? 0 : O_CREAT | O_TRUNC);
    descriptor_ = ::open(partial_.c_str(), flags, 0666);
    if (descriptor_ < 0) {
        throw ConfigError(
            fmt::format("{}: cannot be written: {}", path_.string(), std::strerror(errno)));
    }
}

AtomicFile::~AtomicFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    remove_partial();
}

void AtomicFile::remove_partial() {
    std::error_code ignored;
    if (partial_ != path_) std::filesystem::remove(partial_, ignored);
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
    if (status == 0 && partial_ != path_) std::filesystem::rename(partial_, path_, error);
    if (status != 0 || error) {
        remove_partial();
        throw ConfigError(fmt::format("{}: cannot be written: {}", path_.string(),
                                      error ? error.message() : std::strerror(errno)));
    }
}

}  // namespace sptc::base
