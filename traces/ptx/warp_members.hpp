#pragma once
#include <bit>
#include <cstdint>

#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

/// The lanes that take part with lane `first` in a .sync instruction whose membermask stands in a
/// 32-bit slot: those that execute it and that the lane names. Throws KernelError when an executing
/// lane is not named in its own mask, when a lane that it names has another mask, or when a named
/// lane that has not exited does not execute it: on a GPU the first two are undefined, and the last
/// waits, here for ever.
[[nodiscard]] std::uint32_t group_of(const Execution& execution, std::int32_t mask_slot,
                                     std::uint32_t first);

/// Calls `visit(lanes)` for every group of the executing lanes. Groups that name each other only,
/// as the tiles of a warp, may execute an instruction together.
template <class Visit>
void for_each_group(const Execution& execution, std::int32_t mask_slot, Visit&& visit) {
    for (std::uint32_t rest = execution.mask; rest != 0;) {
        const std::uint32_t lanes =
            group_of(execution, mask_slot, static_cast<std::uint32_t>(std::countr_zero(rest)));
        visit(lanes);
        rest &= ~lanes;
    }
}

}  // namespace sptc::ptx
