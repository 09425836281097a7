#pragma once
#include <string>

namespace sptc::commands {

/// Is it a folder with a recording?
[[nodiscard]] bool is_recording(const std::string& path);

/// Prints what a recording holds. Throws ConfigError.
void inspect_recording(const std::string& path);

}  // namespace sptc::commands
