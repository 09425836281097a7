#pragma once
#include <string>

#include "traces/ptx/program.hpp"

namespace sptc::lowering {

/// Why the passes cannot take a program, as a sentence with its line; empty when they can. Such a
/// program is timed as written: it calls functions, or needs more registers than there are numbers.
[[nodiscard]] std::string refusal(const ptx::Program& program);

}  // namespace sptc::lowering
