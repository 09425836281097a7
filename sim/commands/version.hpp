#pragma once
#include <string_view>

namespace sptc::commands {

/// The project's version, as in CMakeLists.txt.
extern const std::string_view kVersion;

}  // namespace sptc::commands
