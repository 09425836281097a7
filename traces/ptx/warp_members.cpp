#include "traces/ptx/warp_members.hpp"

#include <fmt/format.h>

#include <bit>

namespace sptc::ptx {

std::uint32_t check_members(const Execution& e, std::int32_t mask_slot) {
    const isa::LaneRegister& masks = e.registers32[mask_slot];
    const auto first = static_cast<std::size_t>(std::countr_zero(e.mask));
    const std::uint32_t members = masks[first];
    for (std::uint32_t rest = e.mask; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(rest));
        if (((masks[lane] >> lane) & 1u) == 0) {
            kernel_fault(e, fmt::format("lane {} executes it, but its membermask 0x{:08x} does not "
                                        "name it",
                                        lane, masks[lane]));
        }
        if (masks[lane] != members) {
            kernel_fault(e, fmt::format("lanes {} and {} execute it together with different "
                                        "membermasks: 0x{:08x} and 0x{:08x}",
                                        first, lane, members, masks[lane]));
        }
    }
    if (const std::uint32_t absent = members & e.alive & ~e.mask; absent != 0) {
        kernel_fault(e, fmt::format("the membermask 0x{:08x} names lanes 0x{:08x}, which have "
                                    "neither exited nor reached it with the others",
                                    members, absent));
    }
    return e.mask;
}

}  // namespace sptc::ptx
