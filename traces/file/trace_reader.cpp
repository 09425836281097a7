#include "traces/file/trace_reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "models/base/error.hpp"
#include "traces/file/compression.hpp"
#include "traces/file/trace_format.hpp"
#include "traces/file/varint.hpp"

namespace sptc::trace_file {
namespace {

std::uint64_t number_at(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
        value |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
    }
    return value;
}

bool has_text(std::span<const std::byte> bytes, std::size_t at, std::string_view text) {
    return std::memcmp(bytes.data() + at, text.data(), text.size()) == 0;
}

}  // namespace

bool is_trace(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::string begin(kMagic.size(), '\0');
    return stream.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == kMagic;
}

TraceReader::TraceReader(const std::filesystem::path& path) : path_(path) {
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
        throw base::ConfigError(
            fmt::format("{}: cannot be opened: {}", path.string(), std::strerror(errno)));
    }
    try {
        if (!S_ISREG(status.st_mode)) {
            throw base::ConfigError(fmt::format("{}: is no regular file", path.string()));
        }
        size_ = static_cast<std::uint64_t>(status.st_size);
        read_header();
        read_index();
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

TraceReader::~TraceReader() { ::close(descriptor_); }

void TraceReader::fail(std::uint64_t offset, std::string_view message) const {
    throw base::ConfigError(fmt::format("{}: byte {}: {}", path_.string(), offset, message));
}

std::vector<std::byte> TraceReader::read_bytes(std::uint64_t offset, std::size_t bytes) const {
    std::vector<std::byte> content(bytes);
    for (std::size_t done = 0; done < bytes;) {
        const ssize_t count = ::pread(descriptor_, content.data() + done, bytes - done,
                                      static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(offset + done, fmt::format("read failed: {}", std::strerror(errno)));
        if (count == 0) fail(offset + done, "the file has become shorter");
        done += static_cast<std::size_t>(count);
    }
    return content;
}

void TraceReader::read_header() {
    if (size_ < kPrefixBytes + kTrailerBytes) {
        fail(0, fmt::format("is no trace: {} bytes, expected at least {}", size_,
                            kPrefixBytes + kTrailerBytes));
    }
    const std::vector<std::byte> prefix = read_bytes(0, kPrefixBytes);
    if (!has_text(prefix, 0, kMagic)) fail(0, "is no trace: does not begin like one");
    const std::uint64_t version = number_at(prefix, kMagic.size(), 4);
    if (version != kVersion) {
        fail(kMagic.size(),
             fmt::format("trace format {}, this program reads {}", version, kVersion));
    }
    const std::uint64_t stored = number_at(prefix, kMagic.size() + 4, 4);
    if (stored > size_ - kPrefixBytes - kTrailerBytes) {
        fail(kMagic.size() + 4,
             fmt::format("a header of {} bytes does not fit into {} bytes of file", stored, size_));
    }
    blocks_begin_ = kPrefixBytes + stored;
    try {
        const std::vector<std::byte> json = decompress(
            read_bytes(kPrefixBytes, static_cast<std::size_t>(stored)), kMaximumHeaderBytes);
        header_ = parse_header({reinterpret_cast<const char*>(json.data()), json.size()});
    } catch (const Malformed& problem) {
        fail(kPrefixBytes, fmt::format("the header {}", problem.what()));
    }
}

void TraceReader::read_index() {
    const std::uint64_t trailer_at = size_ - kTrailerBytes;
    const std::vector<std::byte> trailer = read_bytes(trailer_at, kTrailerBytes);
    if (!has_text(trailer, kTrailerBytes - kEndMagic.size(), kEndMagic)) {
        fail(trailer_at, "does not end like a trace: cut off or damaged");
    }
    const std::uint64_t offset = number_at(trailer, 0, 8);
    const std::uint64_t stored = number_at(trailer, 8, 8);
    if (offset < blocks_begin_ || offset > trailer_at || stored != trailer_at - offset) {
        fail(trailer_at, "says that the index is where it cannot be: damaged");
    }
    // A block has at least 9 bytes (the smallest zstd frame) and at most 16 in the index, so do
    // CTAs.
    const std::uint64_t limit = 64 + 4 * size_;
    try {
        index_ = parse_index(
            decompress(read_bytes(offset, static_cast<std::size_t>(stored)), limit), blocks_begin_,
            offset, header_.shape.grid.count(), header_.shape.warps_per_cta());
    } catch (const Malformed& problem) {
        fail(offset, fmt::format("the index {}", problem.what()));
    }
}

std::vector<std::byte> TraceReader::read(const Block& block) const {
    const std::uint64_t segments = block.warp ? 1 : header_.shape.warps_per_cta();
    try {
        return decompress(read_bytes(block.offset, block.stored_bytes),
                          segments * kMaximumSegmentBytes);
    } catch (const Malformed& problem) {
        fail(block.offset, fmt::format("the block {}", problem.what()));
    }
}

}  // namespace sptc::trace_file
