#include "traces/sanitize/cta_sanitizer.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "traces/sanitize/sync_detector.hpp"

namespace sptc::sanitize {
namespace {

template <class Visit>
void for_each_lane(std::uint32_t mask, Visit&& visit) {
    for (; mask != 0; mask &= mask - 1) visit(static_cast<std::uint32_t>(std::countr_zero(mask)));
}

}  // namespace

CtaSanitizer::CtaSanitizer(const ptx::CtaState& cta, const std::vector<OpRole>& roles,
                           const Detectors& detectors, UninitialisedBuffers& buffers,
                           Findings& findings, Stuck& stuck)
    : cta_(cta),
      roles_(roles),
      detectors_(detectors),
      findings_(findings),
      stuck_(stuck),
      clocks_(cta.shape.warps_per_cta()),
      barriers_(clocks_),
      races_(cta.program, roles, detectors, clocks_, findings, cta.shape.shared_bytes_per_cta),
      init_(buffers, findings, cta.shape.shared_bytes_per_cta, clocks_.warps()),
      orders_(detectors.has(Detector::kRace) || detectors.has(Detector::kAsync)) {}

CtaSanitizer::~CtaSanitizer() {
    for (const BarrierPhases::Arrival& arrival : barriers_.waiting()) {
        Finding finding;
        finding.detector = Detector::kSync;
        finding.what = "waits at a barrier that never opens";
        finding.place = fmt::format("barrier {}", arrival.barrier);
        finding.advice = "let as many threads arrive as the barrier waits for";
        finding.cta = cta_.cta;
        finding.now = {ptx::location(cta_.program, arrival.op),
                       cta_.program.texts[arrival.op],
                       cta_.program.instructions[arrival.op].line,
                       arrival.warp,
                       {}};
        stuck_.push_back(std::move(finding));
    }
}

void CtaSanitizer::access(const ptx::Execution& e, const Addresses& addresses, std::uint32_t mask,
                          ptx::Space space, std::uint64_t bytes) {
    const bool shared = space == ptx::Space::kShared;
    if (!shared && space != ptx::Space::kGlobal) return;
    const OpRole role = roles_[e.op_index()];
    barriers_.resume(e.warp, e.alive);
    if (has(Detector::kInit)) init_.access(e, addresses, mask, space, bytes, role.role);
    if (!orders_) return;
    if (role.strong) acquire(e, addresses, mask);
    if (shared) races_.access(e, addresses, mask, bytes);
    if (role.strong) release(e, addresses, mask, role.role);
}

/// What was released at these addresses has happened before. The waits of mbarriers know it only
/// afterwards.
void CtaSanitizer::acquire(const ptx::Execution& e, const Addresses& addresses,
                           std::uint32_t mask) {
    const Role role = roles_[e.op_index()].role;
    if (role != Role::kRead && role != Role::kAtomic) return;
    for_each_lane(mask, [&](std::uint32_t lane) {
        clocks_.acquire(e.warp, 1u << lane, points_.strong(addresses[lane]));
    });
}

void CtaSanitizer::release(const ptx::Execution& e, const Addresses& addresses, std::uint32_t mask,
                           Role role) {
    if (role == Role::kMbarrierTest) {
        mbarrier_addresses_ = addresses;
    } else if (role == Role::kAsyncArrive) {
        leave_copies_to(e, addresses);
    } else if (role != Role::kRead) {
        for_each_lane(mask, [&](std::uint32_t lane) {
            clocks_.release(e.warp, role == Role::kMbarrierArrive
                                        ? points_.mbarrier(addresses[lane]).current
                                        : points_.strong(addresses[lane]));
        });
    }
}

/// cp.async.mbarrier.arrive: whoever waits for the phase waits for the copies of the lane too.
void CtaSanitizer::leave_copies_to(const ptx::Execution& e, const Addresses& addresses) {
    for_each_lane(e.mask, [&](std::uint32_t lane) {
        MeetingPoints::Mbarrier& object = points_.mbarrier(addresses[lane]);
        for (LaneCopy copy : races_.take_copies(e.warp, lane)) {
            copy.epoch = clocks_.epoch(e.warp);
            object.copies.push_back(copy);
        }
        clocks_.release(e.warp, object.current);
    });
}

void CtaSanitizer::look_at_mbarriers() {
    std::vector<LaneCopy> landed;
    points_.look(
        [this](std::uint64_t address) {
            std::uint64_t bits;  // the highest one is the phase (traces/ptx/mbarrier.cpp)
            std::memcpy(&bits, cta_.shared.data() + address, sizeof bits);
            return (bits >> 63) != 0;
        },
        landed);
    races_.complete(landed);
}

void CtaSanitizer::landed() {
    if (orders_) look_at_mbarriers();
}

void CtaSanitizer::before(const ptx::Execution& e) {
    barriers_.resume(e.warp, e.alive);
    if (has(Detector::kInit)) init_.before(e);
    switch (roles_[e.op_index()].role) {
        case Role::kAsyncCommit:
            return races_.commit_copies(e);
        case Role::kAsyncWait:
            return races_.wait_for_copies(e,
                                          e.cta.program.instructions[e.op_index()].pending_groups);
        case Role::kShuffle:
            if (has(Detector::kSync)) check_shuffle(findings_, e);
            return;
        case Role::kExit:
            if (e.mask == e.alive) barriers_.exit(e.warp);
            return;
        default:
            return;
    }
}

void CtaSanitizer::after(const ptx::Execution& e) {
    const Role role = roles_[e.op_index()].role;
    switch (role) {
        case Role::kBarrier:
        case Role::kBarrierArrive:
            return arrive(e, role);
        case Role::kWarpSync:
            return clocks_.sync_lanes(e.warp, e.mask, e.alive);
        case Role::kMbarrierArrive:
            if (orders_) look_at_mbarriers();
            return;
        case Role::kMbarrierTest:
            if (!orders_) return;
            look_at_mbarriers();
            return for_each_lane(e.mask & e.predicates[e.operands[0]], [&](std::uint32_t lane) {
                clocks_.acquire(e.warp, 1u << lane,
                                points_.mbarrier(mbarrier_addresses_[lane]).completed);
            });
        default:
            return;
    }
}

void CtaSanitizer::arrive(const ptx::Execution& e, Role role) {
    const BarrierPhases::Arrival arrival{
        e.warp,
        e.op_index(),
        e.result.barrier,
        e.result.barrier_threads,
        role == Role::kBarrier,
        e.cta.program.texts[e.op_index()].find(".red") != std::string::npos};
    const auto misfit = barriers_.arrive(arrival, e.alive);
    if (misfit && has(Detector::kSync)) report_misfit(findings_, e, arrival, *misfit);
}

}  // namespace sptc::sanitize
