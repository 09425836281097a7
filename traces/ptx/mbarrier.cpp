// PTX ISA 9.1, "mbarrier".
#include "traces/ptx/mbarrier.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "traces/ptx/lanes.hpp"
#include "traces/ptx/memory_access.hpp"
#include "traces/ptx/memory_handlers.hpp"

namespace sptc::ptx {
namespace {

constexpr std::uint32_t kHighestCount = (1u << 20) - 1;  // PTX ISA: range of the counts
constexpr std::uint64_t kMark = 0x2b;                    // of an initialised object

struct Mbarrier {
    std::uint32_t pending;  ///< arrivals until the phase ends
    std::uint32_t expected;
    bool phase;

    static Mbarrier unpack(std::uint64_t bits) {
        return {static_cast<std::uint32_t>(bits) & kHighestCount,
                static_cast<std::uint32_t>(bits >> 20) & kHighestCount, (bits >> 63) != 0};
    }
    [[nodiscard]] std::uint64_t pack() const {
        return pending | std::uint64_t{expected} << 20 | kMark << 40 | std::uint64_t{phase} << 63;
    }
    static bool initialised(std::uint64_t bits) { return ((bits >> 40) & 0x7fffff) == kMark; }

    void arrive(std::uint32_t count) {
        pending -= count;
        if (pending != 0) return;
        phase = !phase;
        pending = expected;
    }
};

std::uint64_t load(const CtaState& cta, std::uint64_t address) {
    std::uint64_t bits;
    std::memcpy(&bits, cta.shared.data() + address, sizeof bits);
    return bits;
}

void store(CtaState& cta, std::uint64_t address, std::uint64_t bits) {
    std::memcpy(cta.shared.data() + address, &bits, sizeof bits);
}

/// Calls change(lane, address) for the executing lanes in order.
template <class Change>
void for_each_lane(Execution& e, Change change) {
    mbarrier_addresses(e);
    for (std::uint32_t rest = e.mask; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(rest));
        change(lane, e.result.addresses[lane]);
    }
}

Mbarrier find(const Execution& e, std::size_t lane, std::uint64_t address) {
    const std::uint64_t bits = load(e.cta, address);
    if (!Mbarrier::initialised(bits)) {
        kernel_fault(
            e, fmt::format("lane {}: no mbarrier has been initialised at shared address {}", lane,
                           address));
    }
    return Mbarrier::unpack(bits);
}

bool completes_not(MbarrierArrival kind) {
    return kind == MbarrierArrival::kNoComplete || kind == MbarrierArrival::kDropNoComplete;
}

bool drops(MbarrierArrival kind) {
    return kind == MbarrierArrival::kDrop || kind == MbarrierArrival::kDropNoComplete;
}

/// p = has the phase of which `phase_of(lane)` is the bit ended?
template <class PhaseOf>
void test(Execution& e, PhaseOf phase_of) {
    std::uint32_t ended = 0;
    for_each_lane(e, [&](std::size_t lane, std::uint64_t address) {
        if (find(e, lane, address).phase != phase_of(lane)) ended |= 1u << lane;
    });
    write_predicate(e, e.operands[0], ended);
}

}  // namespace

void mbarrier_addresses(Execution& e) {
    compute_addresses(e, e.op.address, e.result.addresses);
    check_access(e, e.result.addresses, e.mask, Space::kShared, sizeof(std::uint64_t));
}

void mbarrier_init(Execution& e) {
    for_each_lane(e, [&](std::size_t lane, std::uint64_t address) {
        const std::uint32_t count = e.registers32[e.operands[0]][lane];
        if (count == 0 || count > kHighestCount) {
            kernel_fault(
                e, fmt::format("lane {}: count {}, expected 1 to {}", lane, count, kHighestCount));
        }
        store(e.cta, address, Mbarrier{count, count, false}.pack());
    });
}

void mbarrier_invalidate(Execution& e) {
    for_each_lane(e, [&](std::size_t lane, std::uint64_t address) {
        (void)find(e, lane, address);
        store(e.cta, address, 0);
    });
}

void mbarrier_arrive(Execution& e) {
    const auto kind = static_cast<MbarrierArrival>(e.op.modifier);
    LaneRegister64 states{};
    for_each_lane(e, [&](std::size_t lane, std::uint64_t address) {
        Mbarrier barrier = find(e, lane, address);
        states[lane] = barrier.pack();
        const std::uint32_t count = e.operands[1] >= 0 ? e.registers32[e.operands[1]][lane] : 1;
        if (count == 0 || count > barrier.pending ||
            (completes_not(kind) && count == barrier.pending)) {
            kernel_fault(e, fmt::format("lane {}: arrives {} times, but the phase waits for {}{}",
                                        lane, count, barrier.pending,
                                        completes_not(kind) ? " and must not end" : ""));
        }
        if (drops(kind)) barrier.expected -= count;
        barrier.arrive(count);
        store(e.cta, address, barrier.pack());
    });
    if (e.operands[0] >= 0) write_lanes(e.registers64[e.operands[0]], states, e.mask);
}

void mbarrier_test_wait(Execution& e) {
    const LaneRegister64& states = e.registers64[e.operands[1]];
    test(e, [&](std::size_t lane) { return Mbarrier::unpack(states[lane]).phase; });
}

void mbarrier_test_parity(Execution& e) {
    const isa::LaneRegister& parities = e.registers32[e.operands[1]];
    test(e, [&](std::size_t lane) { return (parities[lane] & 1) != 0; });
}

void mbarrier_pending_count(Execution& e) {
    const LaneRegister64& states = e.registers64[e.operands[1]];
    isa::LaneRegister out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        out[lane] = Mbarrier::unpack(states[lane]).pending;
    }
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
}

void mbarrier_arrive_after_copies(Execution& e) {
    const bool counts_itself = e.op.modifier == 0;
    const isa::AsyncCopyToken token = take_token(e.cta);
    PendingCopy arrival;
    for_each_lane(e, [&](std::size_t lane, std::uint64_t address) {
        Mbarrier barrier = find(e, lane, address);
        if (counts_itself) {
            ++barrier.pending;
            store(e.cta, address, barrier.pack());
        }
        arrival.destinations[lane] = static_cast<std::uint32_t>(address);
    });
    arrival.in_flight = true;
    arrival.arrival = true;
    arrival.mask = e.mask;
    e.cta.copies[token] = arrival;
    e.result.async_token = token;
}

void land_arrival(CtaState& cta, const PendingCopy& arrival) {
    for (std::uint32_t rest = arrival.mask; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(rest));
        const std::uint64_t address = arrival.destinations[lane];
        Mbarrier barrier = Mbarrier::unpack(load(cta, address));
        if (barrier.pending == 0) continue;  // the object is gone
        barrier.arrive(1);
        store(cta, address, barrier.pack());
    }
}

}  // namespace sptc::ptx
