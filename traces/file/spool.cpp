#include "traces/file/spool.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "models/base/error.hpp"

namespace sptc::trace_file {
namespace {

/// A temporary file without a name, or -1.
int open_nameless(const std::filesystem::path& folder) {
    std::string name = (folder / ".sptc-spool-XXXXXX").string();
    const int descriptor = ::mkstemp(name.data());
    if (descriptor >= 0) ::unlink(name.c_str());
    return descriptor;
}

}  // namespace

Spool::Spool(const std::filesystem::path& beside) : beside_(beside) {
    const std::filesystem::path folder = beside.parent_path();
    descriptor_ = open_nameless(folder.empty() ? "." : folder);
    if (descriptor_ < 0) descriptor_ = open_nameless(std::filesystem::temp_directory_path());
    if (descriptor_ < 0) {
        throw base::ConfigError(fmt::format("{}: no temporary file can be made: {}",
                                            beside.string(), std::strerror(errno)));
    }
}

Spool::~Spool() { ::close(descriptor_); }

std::uint64_t Spool::append(std::span<const std::byte> bytes) {
    const std::uint64_t offset = size_;
    while (!bytes.empty()) {
        const ssize_t written =
            ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            throw base::ConfigError(fmt::format("{}: its temporary file cannot be written: {}",
                                                beside_.string(), std::strerror(errno)));
        }
        size_ += static_cast<std::uint64_t>(written);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return offset;
}

std::vector<std::byte> Spool::read(std::uint64_t offset, std::size_t bytes) const {
    std::vector<std::byte> content(bytes);
    for (std::size_t done = 0; done < bytes;) {
        const ssize_t count = ::pread(descriptor_, content.data() + done, bytes - done,
                                      static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            throw base::ConfigError(
                fmt::format("{}: its temporary file cannot be read", beside_.string()));
        }
        done += static_cast<std::size_t>(count);
    }
    return content;
}

}  // namespace sptc::trace_file
