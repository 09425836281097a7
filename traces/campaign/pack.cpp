#include "traces/campaign/pack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/file/compression.hpp"

namespace sptc::campaign {
namespace {

constexpr std::string_view kMagic = "SPTCPACK";
constexpr std::uint64_t kMostFileBytes = 1ull << 30;
constexpr std::size_t kHeadBytes = 12;
constexpr std::size_t kMostNameBytes = 4096;
// A zstd frame begins with it (RFC 8878).
constexpr unsigned char kFrameMagic[] = {0x28, 0xb5, 0x2f, 0xfd};

template <class Number>
Number number_at(std::span<const std::byte> bytes, std::size_t at) {
    Number value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

/// A relative path that stays below the folder.
bool stays_inside(const std::string& name) {
    const std::filesystem::path path(name);
    return name.find('\0') == std::string::npos && path.is_relative() && path.has_filename() &&
           std::find(path.begin(), path.end(), "..") == path.end();
}

/// A file as it lies in an archive.
struct PackedFile {
    std::string name;
    std::span<const std::byte> frame;
    std::size_t bytes;  ///< head, name and frame
};

/// The file that begins where `bytes` do, when one can.
std::optional<PackedFile> packed_file(std::span<const std::byte> bytes) {
    if (bytes.size() < kHeadBytes) return std::nullopt;
    const auto name_bytes = number_at<std::uint32_t>(bytes, 0);
    const auto frame_bytes = number_at<std::uint64_t>(bytes, 4);
    bytes = bytes.subspan(kHeadBytes);
    if (name_bytes == 0 || name_bytes > kMostNameBytes || name_bytes > bytes.size() ||
        frame_bytes > bytes.size() - name_bytes) {
        return std::nullopt;
    }
    std::string name(reinterpret_cast<const char*>(bytes.data()), name_bytes);
    if (!stays_inside(name)) return std::nullopt;
    return PackedFile{std::move(name), bytes.subspan(name_bytes, frame_bytes),
                      kHeadBytes + name_bytes + static_cast<std::size_t>(frame_bytes)};
}

/// Where after `at` the next file begins; the end when none does.
std::size_t next_file(std::span<const std::byte> all, std::size_t at) {
    for (++at; at < all.size(); ++at) {
        const auto file = packed_file(all.subspan(at));
        if (file && file->frame.size() >= sizeof kFrameMagic &&
            std::memcmp(file->frame.data(), kFrameMagic, sizeof kFrameMagic) == 0) {
            return at;
        }
    }
    return all.size();
}

/// Why a file could not be unpacked; empty when it was.
std::string extract(const PackedFile& file, const std::filesystem::path& folder) try {
    const auto content = trace_file::decompress(file.frame, kMostFileBytes);
    std::filesystem::create_directories((folder / file.name).parent_path());
    base::write_bytes(folder / file.name, content);
    return "";
} catch (const std::exception& problem) {
    return problem.what();
}

}  // namespace

void write_pack(const std::filesystem::path& folder, const std::vector<std::string>& names,
                const std::filesystem::path& pack) {
    base::AtomicFile file(pack);
    trace_file::Compressor compressor;
    file.write(std::as_bytes(std::span(kMagic)));
    for (const std::string& name : names) {
        const std::vector<std::byte> content = base::read_bytes(folder / name);
        const std::span<const std::byte> frame = compressor.compress(content);
        std::byte head[kHeadBytes];
        const auto name_bytes = static_cast<std::uint32_t>(name.size());
        const std::uint64_t frame_bytes = frame.size();
        std::memcpy(head, &name_bytes, 4);
        std::memcpy(head + 4, &frame_bytes, 8);
        file.write(head);
        file.write(std::as_bytes(std::span(name)));
        file.write(frame);
    }
    file.commit();
}

std::vector<DamagedFile> unpack(const std::filesystem::path& pack,
                                const std::filesystem::path& folder) {
    const std::vector<std::byte> content = base::read_bytes(pack);
    const std::span<const std::byte> all(content);
    if (all.size() < kMagic.size() || std::memcmp(all.data(), kMagic.data(), kMagic.size()) != 0) {
        throw base::ConfigError(
            fmt::format("{}: no archive of a campaign: expected \"{}\"", pack.string(), kMagic));
    }
    std::vector<DamagedFile> damaged;
    for (std::size_t at = kMagic.size(); at < all.size();) {
        const auto file = packed_file(all.subspan(at));
        const std::string problem =
            file ? extract(*file, folder)
                 : fmt::format("from byte {} on: no file of a legal name and length", at);
        if (problem.empty()) {
            at += file->bytes;
            continue;
        }
        damaged.push_back({file ? file->name : "", problem});
        at = next_file(all, at);  // it may be the length that is damaged
    }
    return damaged;
}

}  // namespace sptc::campaign
