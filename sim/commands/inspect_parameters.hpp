#pragma once
#include <string>

namespace sptc::commands {

/// Prints every number of a GPU description with its value, source and how sure it is. Throws
/// ConfigError as run::load_gpu().
void inspect_parameters(const std::string& name_or_path);

}  // namespace sptc::commands
