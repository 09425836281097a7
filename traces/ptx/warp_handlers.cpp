// PTX ISA 9.1, "Data Movement": shfl.sync, movmatrix; "Parallel Synchronization": vote.sync,
// match.sync, activemask, redux.sync.
#include "traces/ptx/warp_handlers.hpp"

#include <algorithm>
#include <bit>

#include "traces/ptx/lanes.hpp"
#include "traces/ptx/warp_members.hpp"

namespace sptc::ptx {
namespace {

/// Where lane `lane` of a shuffle reads, and whether that lies in its segment.
struct Source {
    std::uint32_t lane;
    bool inside;
};

/// The pseudocode of shfl.sync in the PTX ISA, line by line.
Source shuffle_source(ShuffleMode mode, std::uint32_t lane, std::uint32_t b, std::uint32_t c) {
    const std::uint32_t value = b & 31;
    const std::uint32_t clamp = c & 31;
    const std::uint32_t segment = (c >> 8) & 31;
    const std::uint32_t highest = (lane & segment) | (clamp & ~segment);
    const std::uint32_t lowest = lane & segment;
    const auto below = [highest](std::uint32_t j) {
        return static_cast<std::int32_t>(j) <= static_cast<std::int32_t>(highest);
    };
    switch (mode) {
        case ShuffleMode::kUp: {
            const std::uint32_t j = lane - value;  // below zero when negative
            const bool inside = static_cast<std::int32_t>(j) >= static_cast<std::int32_t>(highest);
            return {j, inside};
        }
        case ShuffleMode::kDown:
            return {lane + value, below(lane + value)};
        case ShuffleMode::kButterfly:
            return {lane ^ value, below(lane ^ value)};
        case ShuffleMode::kIndex: {
            const std::uint32_t j = lowest | (value & ~segment);
            return {j, below(j)};
        }
    }
    return {lane, false};
}

template <class Visit>
void for_each_lane(std::uint32_t lanes, Visit&& visit) {
    for (; lanes != 0; lanes &= lanes - 1) visit(static_cast<std::size_t>(std::countr_zero(lanes)));
}

template <class Word>
std::uint32_t lanes_equal_to(const std::array<Word, isa::kLanes>& lanes, Word value) {
    return collect([&](std::uint32_t lane) { return lanes[lane] == value; });
}

template <class Word>
void match_any(Execution& e) {
    const std::array<Word, isa::kLanes> a = register_lanes<Word>(e, e.operands[1]);
    isa::LaneRegister out{};
    for_each_group(e, e.operands[2], [&](std::uint32_t members) {
        for_each_lane(members,
                      [&](std::size_t lane) { out[lane] = members & lanes_equal_to(a, a[lane]); });
    });
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
}

template <class Word>
void match_all(Execution& e) {
    const auto& a = register_lanes<Word>(e, e.operands[2]);
    isa::LaneRegister out{};
    std::uint32_t same = 0;
    for_each_group(e, e.operands[3], [&](std::uint32_t members) {
        const Word first = a[static_cast<std::size_t>(std::countr_zero(members))];
        if ((members & ~lanes_equal_to(a, first)) != 0) return;
        same |= members;
        for_each_lane(members, [&](std::size_t lane) { out[lane] = members; });
    });
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
    if (e.operands[1] >= 0) write_predicate(e, e.operands[1], same);
}

bool carried(VoteMode mode, std::uint32_t votes, std::uint32_t members) {
    switch (mode) {
        case VoteMode::kBallot:
            return false;
        case VoteMode::kAll:
            return votes == members;
        case VoteMode::kAny:
            return votes != 0;
        case VoteMode::kUniform:
            return votes == members || votes == 0;
    }
    return false;
}

template <class T>
T combine(Reduction reduction, T a, T b) {
    switch (reduction) {
        case Reduction::kAdd:
            return static_cast<T>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
        case Reduction::kMin:
            return std::min(a, b);
        case Reduction::kMax:
            return std::max(a, b);
        case Reduction::kAnd:
            return a & b;
        case Reduction::kOr:
            return a | b;
        case Reduction::kXor:
            return a ^ b;
    }
    return a;
}

template <class T>
void reduce(Execution& e) {
    const isa::LaneRegister& a = e.registers32[e.operands[1]];
    const auto reduction = static_cast<Reduction>(e.op.modifier);
    isa::LaneRegister out{};
    for_each_group(e, e.operands[2], [&](std::uint32_t members) {
        T result = static_cast<T>(a[static_cast<std::size_t>(std::countr_zero(members))]);
        for_each_lane(members & (members - 1), [&](std::size_t lane) {
            result = combine(reduction, result, static_cast<T>(a[lane]));
        });
        for_each_lane(members,
                      [&](std::size_t lane) { out[lane] = static_cast<std::uint32_t>(result); });
    });
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
}

}  // namespace

void shuffle(Execution& e) {
    for_each_group(e, e.operands[5], [](std::uint32_t) {});
    const auto mode = static_cast<ShuffleMode>(e.op.modifier);
    const isa::LaneRegister& a = e.registers32[e.operands[2]];
    const isa::LaneRegister& b = e.registers32[e.operands[3]];
    const isa::LaneRegister& c = e.registers32[e.operands[4]];
    isa::LaneRegister out;
    std::uint32_t inside = 0;
    for (std::uint32_t lane = 0; lane < isa::kLanes; ++lane) {
        const Source source = shuffle_source(mode, lane, b[lane], c[lane]);
        out[lane] = a[source.inside ? source.lane & 31 : lane];
        if (source.inside) inside |= 1u << lane;
    }
    if (e.operands[1] >= 0) write_predicate(e, e.operands[1], inside);
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
}

std::uint32_t shuffle_source_lane(const Execution& e, std::uint32_t lane) {
    const Source source =
        shuffle_source(static_cast<ShuffleMode>(e.op.modifier), lane,
                       e.registers32[e.operands[3]][lane], e.registers32[e.operands[4]][lane]);
    return source.inside ? source.lane & 31 : lane;
}

void vote(Execution& e) {
    std::uint32_t holding = e.predicates[e.operands[1]];
    if ((e.op.modifier & kNegatedVote) != 0) holding = ~holding;
    const auto mode = static_cast<VoteMode>(e.op.modifier & ~kNegatedVote);
    isa::LaneRegister ballots{};
    std::uint32_t result = 0;
    for_each_group(e, e.operands[2], [&](std::uint32_t members) {
        const std::uint32_t votes = holding & members;
        for_each_lane(members, [&](std::size_t lane) { ballots[lane] = votes; });
        if (carried(mode, votes, members)) result |= members;
    });
    if (mode == VoteMode::kBallot)
        return write_lanes(e.registers32[e.operands[0]], ballots, e.mask);
    write_predicate(e, e.operands[0], result);
}

void active_mask(Execution& e) {
    isa::LaneRegister out;
    out.fill(e.mask);
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
}

void match_any32(Execution& e) { match_any<std::uint32_t>(e); }
void match_any64(Execution& e) { match_any<std::uint64_t>(e); }
void match_all32(Execution& e) { match_all<std::uint32_t>(e); }
void match_all64(Execution& e) { match_all<std::uint64_t>(e); }

void reduce_unsigned(Execution& e) { reduce<std::uint32_t>(e); }
void reduce_signed(Execution& e) { reduce<std::int32_t>(e); }

void transpose_matrix(Execution& e) {
    if (e.mask != kAllLanes) kernel_fault(e, "needs all 32 lanes of the warp");
    const isa::LaneRegister a = e.registers32[e.operands[1]];
    // Lane l holds row l / 4, columns 2 (l % 4) and the next one.
    const auto element = [&a](std::size_t row, std::size_t column) {
        return (a[4 * row + column / 2] >> (16 * (column % 2))) & 0xffff;
    };
    isa::LaneRegister& d = e.registers32[e.operands[0]];
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        const std::size_t row = lane / 4;
        const std::size_t column = 2 * (lane % 4);
        d[lane] = element(column, row) | element(column + 1, row) << 16;
    }
}

}  // namespace sptc::ptx
