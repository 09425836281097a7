#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "traces/launch/launch.hpp"

namespace sptc::launch {

/// Writes what an output buffer holds into a folder, which is created: buffers with a type and
/// dimensions as NAME.npy, others as NAME.bin. Returns the file. Throws ConfigError.
std::string write_output(const Launch& launch, const std::string& name,
                         std::span<const std::byte> content, const std::filesystem::path& folder);

}  // namespace sptc::launch
