#include "traces/sanitize/race_detector.hpp"

#include <bit>

#include "traces/ptx/memory_handlers.hpp"
#include "traces/sanitize/reporter.hpp"

namespace sptc::sanitize {
namespace {

constexpr std::uint32_t kNobody = UINT32_MAX;

constexpr std::string_view kOrderWarps =
    "put a barrier that both execute between them (__syncthreads, bar.sync)";
constexpr std::string_view kOrderLanes =
    "put bar.warp.sync (__syncwarp) between them: lanes of a warp need not run together";
constexpr std::string_view kOneLane =
    "lanes of one instruction store different values to one address: let one lane store";
constexpr std::string_view kWaitFirst =
    "wait with cp.async.wait_group (or wait_all), then a barrier before other threads look";
constexpr std::string_view kCopyLater =
    "put a barrier between the last access to the destination and the cp.async that overwrites it";

/// Do two lanes of a store have the same data?
bool same_data(const ptx::Execution& e, std::size_t a, std::size_t b) {
    const std::uint64_t kept =
        e.op.bytes >= sizeof(std::uint64_t) ? UINT64_MAX : (1ull << (8 * e.op.bytes)) - 1;
    for (std::size_t i = 0; i < e.op.elements; ++i) {
        const std::int32_t slot = e.operands[i];
        const std::uint64_t difference =
            e.op.modifier == ptx::kWideStore
                ? e.registers64[slot][a] ^ e.registers64[slot][b]
                : std::uint64_t{e.registers32[slot][a] ^ e.registers32[slot][b]};
        if ((difference & kept) != 0) return false;
    }
    return true;
}

}  // namespace

RaceDetector::RaceDetector(const ptx::Program& program, const std::vector<OpRole>& roles,
                           const Detectors& detectors, const Clocks& clocks, Findings& findings,
                           std::uint32_t shared_bytes)
    : roles_(roles),
      detectors_(detectors),
      clocks_(clocks),
      findings_(findings),
      shadow_(shared_bytes, shared_granule_bytes(program), clocks.warps()),
      copies_(clocks.warps()) {}

void RaceDetector::access(const ptx::Execution& e, const ptx::CtaObserver::Addresses& addresses,
                          std::uint32_t mask, std::uint64_t bytes) {
    ++instruction_;
    told_ = kNobody;
    const std::uint32_t size = shadow_.granule_bytes();
    const auto granules = static_cast<std::uint32_t>((bytes + size - 1) / size);
    const Role role = roles_[e.op_index()].role;
    const bool reads = role == Role::kRead || role == Role::kMbarrierTest;
    for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::uint32_t>(std::countr_zero(rest));
        const auto first = static_cast<std::uint32_t>(addresses[lane] / size);
        for (std::uint32_t i = first; i < first + granules; ++i) {
            reads ? read(e, i, lane) : write(e, i, lane);
        }
        if (role != Role::kAsyncCopy) continue;
        copies_.issue({first, granules, e.op_index(), instruction_, 0, e.warp, lane, 0});
    }
}

void RaceDetector::read(const ptx::Execution& e, std::uint32_t granule, std::uint32_t lane) {
    const LastWrite& last = shadow_.last_write(granule);
    if (last.present() &&
        (last.in_flight || (!both_strong(last, e.op_index()) &&
                            !clocks_.ordered(last.warp, last.lanes, last.epoch, e.warp, lane)))) {
        conflict(e, granule, lane, last, true, last.in_flight);
    }
    const Touch now{clocks_.epoch(e.warp), e.op_index(), 1u << lane, e.warp};
    shadow_.add_read(granule, now, lane, clocks_);
}

void RaceDetector::write(const ptx::Execution& e, std::uint32_t granule, std::uint32_t lane) {
    LastWrite& last = shadow_.last_write(granule);
    std::uint32_t lanes = 1u << lane;
    if (last.present()) {
        const bool together = last.instruction == instruction_ && !last.in_flight;
        if (together) {
            const auto other = static_cast<std::size_t>(std::countr_zero(last.lanes));
            const bool stores = roles_[e.op_index()].role == Role::kWrite &&
                                e.cta.program.texts[e.op_index()].compare(0, 3, "st.") == 0;
            if (stores && !same_data(e, other, lane)) conflict(e, granule, lane, last, true, false);
            lanes |= last.lanes;
        } else if (last.in_flight ||
                   (!both_strong(last, e.op_index()) &&
                    !clocks_.ordered(last.warp, last.lanes, last.epoch, e.warp, lane))) {
            conflict(e, granule, lane, last, true, last.in_flight);
        }
    }
    shadow_.take_reads(granule, [&](const Touch& before) {
        Touch others = before;
        if (before.warp == e.warp) others.lanes &= ~(1u << lane);
        if (!others.present() || both_strong(before, e.op_index())) return;
        if (clocks_.ordered(others.warp, others.lanes, others.epoch, e.warp, lane)) return;
        conflict(e, granule, lane, others, false, false);
    });
    last.epoch = clocks_.epoch(e.warp);
    last.op = e.op_index();
    last.lanes = lanes;
    last.warp = e.warp;
    last.instruction = instruction_;
    last.in_flight = copies(e.op_index());
}

void RaceDetector::conflict(const ptx::Execution& e, std::uint32_t granule, std::uint32_t lane,
                            const Touch& before, bool before_wrote, bool in_flight) {
    if (told_ == before.op) return;
    told_ = before.op;
    const bool asynchronous = copies(e.op_index()) || copies(before.op);
    Problem problem;
    problem.detector = asynchronous ? Detector::kAsync : Detector::kRace;
    if (!detectors_.has(problem.detector)) return;
    const Role role = roles_[e.op_index()].role;
    const bool reads = role == Role::kRead || role == Role::kMbarrierTest;
    if (asynchronous) {
        problem.what = in_flight ? (reads ? "reads the destination of a cp.async in flight"
                                          : "writes the destination of a cp.async in flight")
                       : copies(before.op) ? "touches what another thread's cp.async wrote, "
                                             "without a barrier after its wait"
                                           : "copies over shared memory that another thread may "
                                             "still use";
        problem.advice = copies(before.op) ? kWaitFirst : kCopyLater;
    } else {
        problem.what = reads          ? "read after write in shared memory, unordered"
                       : before_wrote ? "write after write in shared memory, unordered"
                                      : "write after read in shared memory, unordered";
        const bool together = before_wrote && before.warp == e.warp &&
                              shadow_.last_write(granule).instruction == instruction_;
        problem.advice = together ? kOneLane : before.warp == e.warp ? kOrderLanes : kOrderWarps;
    }
    const Spot spot{ptx::Space::kShared, std::uint64_t{granule} * shadow_.granule_bytes(),
                    shadow_.granule_bytes()};
    report(findings_, problem, e, static_cast<int>(lane), &before, &spot);
}

void RaceDetector::wait_for_copies(const ptx::Execution& e, std::uint32_t pending_groups) {
    complete(copies_.wait(e.warp, e.mask, pending_groups));
}

void RaceDetector::complete(const std::vector<LaneCopy>& copies) {
    for (const LaneCopy& copy : copies) {
        for (std::uint32_t i = 0; i < copy.granules; ++i) {
            LastWrite& last = shadow_.last_write(copy.first_granule + i);
            if (!last.in_flight || last.instruction != copy.instruction ||
                last.lanes != 1u << copy.lane) {
                continue;
            }
            last.in_flight = false;
            last.epoch = copy.epoch != 0 ? copy.epoch : clocks_.epoch(copy.warp);
        }
    }
}

}  // namespace sptc::sanitize
