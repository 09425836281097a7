// Accesses by local and generic addresses: what each lane meets and what the SM sees of it.
#include <algorithm>
#include <bit>

#include "traces/ptx/address_map.hpp"
#include "traces/ptx/memory_access.hpp"
#include "traces/ptx/thread_stacks.hpp"

namespace sptc::ptx {
namespace {

/// CTAs of an SM reuse the local memory of those that have ended; how many there are at a time is
/// not known here (assumed: at most this many, the limit of an sm_80 SM).
constexpr std::uint64_t kCtaSlots = 32;
constexpr std::uint64_t kWarpSlots = 32;
constexpr std::uint64_t kDeepStackBytes = 64u << 10;  // of a thread, where functions are called

std::uint64_t warp_window_bytes(const Program& program) {
    const bool calls = program.functions.size() > 1;
    const std::uint64_t thread = calls ? kDeepStackBytes : program.functions[0].frame_bytes;
    return (thread + 127) / 128 * 128 * isa::kLanes;
}

std::uint32_t lanes_in(const LaneAddresses& addresses, std::uint32_t mask, Space space) {
    std::uint32_t lanes = 0;
    for (std::uint32_t lane = 0; lane < isa::kLanes; ++lane) {
        if (space_of(addresses[lane]) == space) lanes |= 1u << lane;
    }
    return lanes & mask;
}

void resolve_in_space(Execution& e, std::uint32_t mask, Space space, std::uint64_t bytes,
                      LanePointers* out) {
    check_access(e, e.result.addresses, mask, space, bytes);
    if (out != nullptr) find_pointers(e, e.result.addresses, mask, space, bytes, *out);
    if (space == Space::kLocal) show_local_addresses(e, mask, bytes);
}

void check_writable(const Execution& e, std::uint32_t lanes, std::uint64_t bytes) {
    if (lanes == 0 || e.result.instruction->operation == isa::Operation::kLoadGlobal) return;
    const int lane = std::countr_zero(lanes);
    memory_fault(e, lane, e.result.addresses[static_cast<std::size_t>(lane)], bytes,
                 "constant memory and the parameters of an entry cannot be written");
}

void resolve_generic(Execution& e, std::uint64_t bytes, LanePointers* out) {
    LaneAddresses& addresses = e.result.addresses;
    const std::uint32_t global = lanes_in(addresses, e.mask, Space::kGlobal);
    if (global == e.mask) return resolve_in_space(e, e.mask, Space::kGlobal, bytes, out);
    const std::uint32_t shared = lanes_in(addresses, e.mask, Space::kShared);
    const std::uint32_t local = lanes_in(addresses, e.mask, Space::kLocal);
    const std::uint32_t constant = lanes_in(addresses, e.mask, Space::kConstant);
    const std::uint32_t parameter = lanes_in(addresses, e.mask, Space::kParameter);
    check_writable(e, constant | parameter, bytes);
    const std::uint32_t windows = e.mask & ~global;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        if (((windows >> lane) & 1u) != 0) addresses[lane] &= (1ull << kWindowShift) - 1;
    }
    resolve_in_space(e, global, Space::kGlobal, bytes, out);
    resolve_in_space(e, shared, Space::kShared, bytes, out);
    resolve_in_space(e, constant, Space::kConstant, bytes, out);
    resolve_in_space(e, parameter, Space::kParameter, bytes, out);
    resolve_in_space(e, local, Space::kLocal, bytes, out);
    const GenericTwins& twins = e.cta.program.generic_twins[e.op.detail];
    if ((global | local) != 0) {
        e.result.active_mask = global | local;
    } else if (shared != 0) {
        e.result.instruction = &twins.shared;
        e.result.active_mask = shared;
    } else {
        e.result.instruction = &twins.constant;
    }
}

}  // namespace

void show_local_addresses(Execution& e, std::uint32_t mask, std::uint64_t bytes) {
    const std::uint64_t slot = e.cta.cta / std::max(e.cta.sm_count, 1u) % kCtaSlots;
    const std::uint64_t warp = (e.cta.sm * kCtaSlots + slot) * kWarpSlots + e.warp;
    const std::uint64_t begin = kLocalDeviceAddress + warp * warp_window_bytes(e.cta.program);
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        if (((mask >> lane) & 1u) == 0) continue;
        e.result.addresses[lane] = begin + e.result.addresses[lane] * isa::kLanes + lane * bytes;
    }
}

void resolve_access(Execution& e, std::uint64_t bytes, LanePointers* out) {
    compute_addresses(e, e.op.address, e.result.addresses);
    if (e.op.space == Space::kGeneric) return resolve_generic(e, bytes, out);
    resolve_in_space(e, e.mask, e.op.space, bytes, out);
}

}  // namespace sptc::ptx
