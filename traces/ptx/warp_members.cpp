#include "traces/ptx/warp_members.hpp"

#include <fmt/format.h>

#include <bit>

namespace sptc::ptx {

std::uint32_t group_of(const Execution& e, std::int32_t mask_slot, std::uint32_t first) {
    const isa::LaneRegister& masks = e.registers32[mask_slot];
    const std::uint32_t members = masks[first];
    if (((members >> first) & 1u) == 0) {
        kernel_fault(e, fmt::format("lane {} executes it, but its membermask 0x{:08x} does not "
                                    "name it",
                                    first, members));
    }
    for (std::uint32_t rest = e.mask & members; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(rest));
        if (masks[lane] != members) {
            kernel_fault(e, fmt::format("lanes {} and {} execute it together with different "
                                        "membermasks that name lane {}: 0x{:08x} and 0x{:08x}",
                                        first, lane, lane, members, masks[lane]));
        }
    }
    if (const std::uint32_t absent = members & e.alive & ~e.mask; absent != 0) {
        kernel_fault(e, fmt::format("the membermask 0x{:08x} names lanes 0x{:08x}, which have "
                                    "neither exited nor reached it with the others",
                                    members, absent));
    }
    return e.mask & members;
}

}  // namespace sptc::ptx
