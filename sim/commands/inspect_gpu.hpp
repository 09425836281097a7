#pragma once
#include <string>

namespace sptc::commands {

/// Validates a GPU description, built-in by name or a file, and prints what it can do. Throws
/// ConfigError with the JSON pointer of what is wrong.
void inspect_gpu(const std::string& name_or_path);

}  // namespace sptc::commands
