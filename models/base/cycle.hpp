#pragma once
#include <cstdint>
#include <limits>

namespace sptc::base {

/// A point in time or a duration, in cycles of the GPU core clock.
using Cycle = std::uint64_t;

/// "No event is scheduled".
inline constexpr Cycle kNever = std::numeric_limits<Cycle>::max();

}  // namespace sptc::base
