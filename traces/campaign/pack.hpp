#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sptc::campaign {

/// The archive of a campaign's files, which a recording carries (docs/recording.md): "SPTCPACK",
/// then for every file the length of its name (u32), of its frame (u64), the name and a zstd frame.
/// All numbers little-endian.

/// Packs files of a folder; names are relative to it. Throws ConfigError.
void write_pack(const std::filesystem::path& folder, const std::vector<std::string>& names,
                const std::filesystem::path& pack);

/// A file of an archive that could not be unpacked, and why.
struct DamagedFile {
    std::string name;  ///< empty when it cannot be read either
    std::string problem;
};

/// Unpacks into a folder, which is created. A damaged file does not stop the others, also when its
/// name or length is damaged: the next file is looked for. A name that leads out of the folder is
/// damage. Throws ConfigError when it is no archive.
[[nodiscard]] std::vector<DamagedFile> unpack(const std::filesystem::path& pack,
                                              const std::filesystem::path& folder);

}  // namespace sptc::campaign
