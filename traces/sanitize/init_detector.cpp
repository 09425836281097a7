#include "traces/sanitize/init_detector.hpp"

#include <bit>

namespace sptc::sanitize {
namespace {

constexpr std::string_view kWriteFirst =
    "write it first: shared memory holds anything when a CTA begins";
constexpr std::string_view kFillBuffer =
    "give the buffer a file, a generator or a \"constant\" in the launch file (cudaMemset on the "
    "host), or let a kernel write it first";
constexpr Problem kShared{Detector::kInit, "uses shared memory that this CTA has not written",
                          kWriteFirst};
constexpr Problem kGlobal{Detector::kInit, "uses global memory that nobody has written",
                          kFillBuffer};

const Problem& problem_of(const Spot& spot) {
    return spot.space == ptx::Space::kGlobal ? kGlobal : kShared;
}

bool reads(Role role, ptx::Space space) {
    switch (role) {
        case Role::kRead:
        case Role::kAtomic:
        case Role::kMbarrierArrive:
        case Role::kMbarrierTest:
        case Role::kAsyncArrive:
            return true;
        case Role::kAsyncCopy:
            return space == ptx::Space::kGlobal;
        default:
            return false;
    }
}

}  // namespace

void InitDetector::access(const ptx::Execution& e, const ptx::CtaObserver::Addresses& addresses,
                          std::uint32_t mask, ptx::Space space, std::uint64_t bytes, Role role) {
    const bool global = space == ptx::Space::kGlobal;
    const bool read = reads(role, space);
    const bool write = !read || role == Role::kAtomic;
    std::uint32_t unwritten = 0;
    for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(rest));
        const std::uint64_t address = addresses[lane];
        if (read && !(global ? buffers_.written(address, bytes) : shared_.all(address, bytes))) {
            unwritten |= 1u << lane;
        }
        if (!write) continue;
        global ? buffers_.write(address, bytes) : shared_.set(address, bytes);
    }
    if (unwritten == 0) return;
    const int lane = std::countr_zero(unwritten);
    const Spot spot{space, addresses[static_cast<std::size_t>(lane)], bytes};
    if (role != Role::kRead) return report(findings_, problem_of(spot), e, lane, nullptr, &spot);
    // The lanes of an ldmatrix name rows that all lanes get a part of.
    const isa::Instruction& instruction = e.cta.program.instructions[e.op_index()];
    const bool rows = instruction.operation == isa::Operation::kLoadMatrix;
    const Touch load{0, e.op_index(), unwritten, e.warp};
    for (const isa::RegisterId reg : instruction.writes) {
        add(e.warp, {reg, rows ? e.mask : unwritten, load, spot});
    }
}

void InitDetector::add(std::uint32_t warp, const Undefined& undefined) {
    for (Undefined& known : undefined_[warp]) {
        if (known.reg != undefined.reg) continue;
        const std::uint32_t lanes = known.lanes | undefined.lanes;
        known = undefined;
        known.lanes = lanes;
        return;
    }
    undefined_[warp].push_back(undefined);
}

void InitDetector::use_registers(const ptx::Execution& e) {
    std::vector<Undefined>& undefined = undefined_[e.warp];
    const isa::Instruction& instruction = e.cta.program.instructions[e.op_index()];
    const bool moves = e.cta.program.texts[e.op_index()].compare(0, 4, "mov.") == 0;
    std::vector<Undefined> moved;
    for (const isa::RegisterId read : instruction.reads) {
        for (Undefined& one : undefined) {
            const std::uint32_t lanes = one.lanes & e.mask;
            if (one.reg != read || lanes == 0) continue;
            if (moves) {
                moved.push_back(one);
                moved.back().lanes = lanes;
                continue;
            }
            const int lane = std::countr_zero(lanes);
            one.load.lanes = 1u << lane;
            report(findings_, problem_of(one.spot), e, lane, &one.load, &one.spot);
            one.lanes = 0;  // told
        }
    }
    for (const isa::RegisterId write : instruction.writes) {
        for (Undefined& one : undefined) {
            if (one.reg == write) one.lanes &= ~e.mask;
        }
    }
    std::erase_if(undefined, [](const Undefined& one) { return one.lanes == 0; });
    for (Undefined one : moved) {
        for (const isa::RegisterId write : instruction.writes) {
            one.reg = write;
            add(e.warp, one);
        }
    }
}

}  // namespace sptc::sanitize
