#pragma once
#include <filesystem>
#include <string>

#include "traces/launch/launch.hpp"

namespace sptc::launch {

class Fields;

/// Reads one member of "buffers"; files are looked up in `folder`. Throws ConfigError with the JSON
/// pointer.
[[nodiscard]] Buffer read_buffer(const Fields& fields, std::string name,
                                 const std::filesystem::path& folder);

}  // namespace sptc::launch
