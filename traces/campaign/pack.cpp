#include "traces/campaign/pack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <span>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/file/compression.hpp"

namespace sptc::campaign {
namespace {

constexpr std::string_view kMagic = "SPTCPACK";
constexpr std::uint64_t kMostFileBytes = 1ull << 30;
constexpr std::size_t kHeadBytes = 12;

template <class Number>
Number number_at(std::span<const std::byte> bytes, std::size_t at) {
    Number value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

/// A relative path that stays below the folder.
void check_name(const std::string& name, const std::string& file) {
    const std::filesystem::path path(name);
    const bool climbs = std::find(path.begin(), path.end(), "..") != path.end();
    if (name.empty() || path.is_absolute() || climbs) {
        throw base::ConfigError(
            fmt::format("{}: holds a file '{}': expected a path inside the folder", file, name));
    }
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
    const std::vector<std::byte> all = base::read_bytes(pack);
    std::span<const std::byte> rest(all);
    if (all.size() < kMagic.size() || std::memcmp(all.data(), kMagic.data(), kMagic.size()) != 0) {
        throw base::ConfigError(
            fmt::format("{}: no archive of a campaign: expected \"{}\"", pack.string(), kMagic));
    }
    rest = rest.subspan(kMagic.size());
    std::vector<DamagedFile> damaged;
    while (!rest.empty()) {
        if (rest.size() < kHeadBytes) {
            damaged.push_back({"", fmt::format("{}: ends inside a file", pack.string())});
            return damaged;
        }
        const auto name_bytes = number_at<std::uint32_t>(rest, 0);
        const auto frame_bytes = number_at<std::uint64_t>(rest, 4);
        rest = rest.subspan(kHeadBytes);
        if (name_bytes > rest.size() || frame_bytes > rest.size() - name_bytes) {
            damaged.push_back({"", fmt::format("{}: ends inside a file", pack.string())});
            return damaged;
        }
        const std::string name(reinterpret_cast<const char*>(rest.data()), name_bytes);
        check_name(name, pack.string());
        try {
            const auto content =
                trace_file::decompress(rest.subspan(name_bytes, frame_bytes), kMostFileBytes);
            std::filesystem::create_directories((folder / name).parent_path());
            base::write_bytes(folder / name, content);
        } catch (const std::exception& problem) {
            damaged.push_back({name, problem.what()});
        }
        rest = rest.subspan(name_bytes + frame_bytes);
    }
    return damaged;
}

}  // namespace sptc::campaign
