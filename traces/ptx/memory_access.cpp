#include "traces/ptx/memory_access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "models/base/error.hpp"
#include "traces/ptx/address_map.hpp"
#include "traces/ptx/observer.hpp"
#include "traces/ptx/thread_stacks.hpp"

namespace sptc::ptx {
namespace {

/// The lowest and highest address of some lanes, and the bits in which any of them is not zero.
struct Extent {
    std::uint64_t low = UINT64_MAX;
    std::uint64_t high = 0;
    std::uint64_t bits = 0;
};

Extent extent_of(const LaneAddresses& addresses, std::uint32_t mask) {
    Extent extent;
    for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
        const std::uint64_t address = addresses[static_cast<std::size_t>(std::countr_zero(rest))];
        extent.low = std::min(extent.low, address);
        extent.high = std::max(extent.high, address);
        extent.bits |= address;
    }
    return extent;
}

/// Is every lane aligned and in [begin, end)? Without conditions in the loop, so that it becomes
/// vector code. `end - begin` is below 2^63.
bool all_lanes_fit(const LaneAddresses& addresses, std::uint64_t begin, std::uint64_t end,
                   std::uint64_t bytes) {
    if (end - begin < bytes) return false;
    const std::uint64_t last = end - begin - bytes;
    std::uint64_t low = 0;   // some low bit is set: misaligned
    std::uint64_t high = 0;  // the highest bit is set: outside
    for (const std::uint64_t address : addresses) {
        const std::uint64_t offset = address - begin;
        low |= address;
        high |= offset | (last - offset);
    }
    return (low & (bytes - 1)) == 0 && high >> 63 == 0;
}

/// "shared memory" with its owner, for messages.
std::string_view name_of(Space space) {
    switch (space) {
        case Space::kShared:
            return "shared memory";
        case Space::kLocal:
            return "local memory";
        case Space::kConstant:
            return "constant memory";
        case Space::kParameter:
            return "parameters";
        default:
            return "global memory";
    }
}
std::string_view owner_of(Space space) {
    return space == Space::kShared  ? "the CTA's"
           : space == Space::kLocal ? "the thread's"
                                    : "the kernel's";
}

/// How large a space is that begins at 0.
std::uint64_t bytes_of(const Execution& e, Space space) {
    switch (space) {
        case Space::kShared:
            return e.cta.shape.shared_bytes_per_cta;
        case Space::kLocal:
            return e.stacks == nullptr ? 0 : e.stacks->bytes();
        case Space::kConstant:
            return e.cta.program.constants.size();
        default:
            return e.cta.parameters.size();
    }
}

/// The first byte of such a space as a lane sees it. Constants and parameters are only read.
std::byte* bytes_at(const Execution& e, Space space, std::size_t lane) {
    switch (space) {
        case Space::kShared:
            return e.cta.shared.data();
        case Space::kLocal:
            return e.stacks->local(lane);
        case Space::kConstant:
            return const_cast<std::byte*>(e.cta.program.constants.data());
        default:
            return const_cast<std::byte*>(e.cta.parameters.data());
    }
}

[[noreturn]] void misaligned(const Execution& e, const LaneAddresses& addresses, std::uint32_t mask,
                             Space space, std::uint64_t bytes) {
    for (int lane = 0; lane < isa::kLanes; ++lane) {
        const std::uint64_t address = addresses[static_cast<std::size_t>(lane)];
        if (((mask >> lane) & 1u) != 0 && address % bytes != 0) {
            const std::string where = space == Space::kGlobal ? e.cta.memory.describe(address)
                                                              : std::string(name_of(space));
            memory_fault(e, lane, address, bytes,
                         fmt::format("misaligned, expected a multiple of {} ({})", bytes, where));
        }
    }
    base::assertion_failed("a lane is misaligned", __FILE__, __LINE__);
}

void check_lanes_inside(const Execution& e, const LaneAddresses& addresses, std::uint32_t mask,
                        Space space, std::uint64_t bytes) {
    const std::uint64_t size = bytes_of(e, space);
    for (int lane = 0; lane < isa::kLanes; ++lane) {
        const std::uint64_t address = addresses[static_cast<std::size_t>(lane)];
        if (((mask >> lane) & 1u) != 0 && (bytes > size || address > size - bytes)) {
            memory_fault(
                e, lane, address, bytes,
                fmt::format("outside {} {} bytes of {}: {}", owner_of(space), size, name_of(space),
                            address < size
                                ? fmt::format("begins {} bytes before its end", size - address)
                                : fmt::format("{} bytes past its end", address - size)));
        }
    }
}

void check_global_lanes(const Execution& e, const LaneAddresses& addresses, std::uint32_t mask,
                        std::uint64_t bytes) {
    for (int lane = 0; lane < isa::kLanes; ++lane) {
        const std::uint64_t address = addresses[static_cast<std::size_t>(lane)];
        if (((mask >> lane) & 1u) == 0 || e.cta.memory.contains(address, bytes)) continue;
        const bool begins_inside = e.cta.memory.contains(address, 1);
        memory_fault(e, lane, address, bytes,
                     (begins_inside ? "begins at " : "") + e.cta.memory.describe(address) +
                         (begins_inside ? " and runs past its end" : ""));
    }
}

/// Throws for the first lane that is misaligned or outside.
void check_lanes(const Execution& e, const LaneAddresses& addresses, std::uint32_t mask,
                 Space space, std::uint64_t bytes) {
    if (mask == kAllLanes) {
        const launch::DeviceMemory::Range range =
            space == Space::kGlobal ? e.cta.memory.buffer_around(addresses[0])
                                    : launch::DeviceMemory::Range{0, bytes_of(e, space)};
        if (all_lanes_fit(addresses, range.begin, range.end, bytes)) return;
    }
    const Extent extent = extent_of(addresses, mask);
    if ((extent.bits & (bytes - 1)) != 0) misaligned(e, addresses, mask, space, bytes);
    if (space != Space::kGlobal) {
        const std::uint64_t size = bytes_of(e, space);
        if (bytes > size || extent.high > size - bytes) {
            check_lanes_inside(e, addresses, mask, space, bytes);
        }
    } else if (extent.high > UINT64_MAX - bytes ||
               !e.cta.memory.contains(extent.low, extent.high - extent.low + bytes)) {
        check_global_lanes(e, addresses, mask, bytes);
    }
}

}  // namespace

void compute_addresses(const Execution& e, const Address& address, LaneAddresses& out) {
    if (address.wide) {
        const auto offset = static_cast<std::uint64_t>(address.offset);
        const LaneRegister64& base = e.registers64[address.base];
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) out[lane] = base[lane] + offset;
    } else {
        const auto offset = static_cast<std::uint32_t>(address.offset);
        const isa::LaneRegister& base = e.registers32[address.base];
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) out[lane] = base[lane] + offset;
    }
}

void check_access(const Execution& e, const LaneAddresses& addresses, std::uint32_t mask,
                  Space space, std::uint64_t bytes) {
    if (mask == 0) return;
    check_lanes(e, addresses, mask, space, bytes);
    if (e.cta.observer != nullptr) e.cta.observer->access(e, addresses, mask, space, bytes);
}

void find_pointers(const Execution& e, const LaneAddresses& addresses, std::uint32_t mask,
                   Space space, std::uint64_t bytes, LanePointers& out) {
    if (mask == 0) return;
    if (space != Space::kGlobal) {
        if (space == Space::kShared && e.cta.shared.empty()) {
            kernel_fault(e,
                         "an address, predicate or branch depends on shared memory: turn values "
                         "on");
        }
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            if (((mask >> lane) & 1u) != 0) {
                out[lane] = bytes_at(e, space, lane) + addresses[lane];
            }
        }
        return;
    }
    const Extent extent = extent_of(addresses, mask);
    std::byte* all = e.cta.memory.find(extent.low, extent.high - extent.low + bytes);
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        if (((mask >> lane) & 1u) == 0) continue;
        out[lane] = all != nullptr ? all + (addresses[lane] - extent.low)
                                   : e.cta.memory.find(addresses[lane], bytes);
        if (out[lane] == nullptr) {
            kernel_fault(e,
                         "an address, predicate or branch depends on this load, but values are "
                         "off and the buffer has no initial content: turn values on (" +
                             e.cta.memory.describe(addresses[lane]) + ")");
        }
    }
}

}  // namespace sptc::ptx
