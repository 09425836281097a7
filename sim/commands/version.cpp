#include "sim/commands/version.hpp"

namespace sptc::commands {

constinit const std::string_view kVersion = SPTC_VERSION;

}  // namespace sptc::commands
