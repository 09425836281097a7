#pragma once
#include <cstdint>

#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

/// The lanes that take part in a .sync instruction whose membermask stands in a 32-bit slot: those
/// that execute it. Throws KernelError when an executing lane is not named in its mask, when lanes
/// name different masks, or when a named lane that has not exited does not execute it: on a GPU the
/// first two are undefined, and the last waits, here for ever.
std::uint32_t check_members(const Execution& execution, std::int32_t mask_slot);

}  // namespace sptc::ptx
