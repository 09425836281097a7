#pragma once
#include <cstdint>

namespace sptc::sm {

/// May the simulation jump over cycles in which nothing can happen? Results are the same; kOff
/// looks at every part in every cycle and exists to prove that.
enum class IdleSkip : std::uint8_t { kOff, kOn };

}  // namespace sptc::sm
