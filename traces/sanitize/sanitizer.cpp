#include "traces/sanitize/sanitizer.hpp"

#include "traces/ptx/execution.hpp"
#include "traces/sanitize/cta_sanitizer.hpp"

namespace sptc::sanitize {
namespace {

using isa::Operation;

/// Instructions that several threads execute together.
bool is_collective(Operation operation) {
    switch (operation) {
        case Operation::kBarrier:
        case Operation::kBarrierArrive:
        case Operation::kWarpSync:
        case Operation::kShuffle:
        case Operation::kVote:
        case Operation::kMatch:
        case Operation::kWarpReduce:
        case Operation::kLoadMatrix:
        case Operation::kMma:
            return true;
        default:
            return false;
    }
}

}  // namespace

void Sanitizer::begin(const std::vector<launch::Buffer>& buffers,
                      const launch::DeviceMemory& memory) {
    for (const launch::Buffer& buffer : buffers) {
        if (buffer.data.empty() && buffer.bytes != 0) {
            buffers_.add(memory.address(buffer.name), buffer.bytes);
        }
    }
}

ptx::Observer* Sanitizer::observer() {
    roles_.clear();
    return detectors_.watch() ? this : nullptr;
}

bool Sanitizer::watches(const ptx::Program& program, std::uint32_t op) const {
    if (detectors_.has(Detector::kInit)) return true;  // what it reads and writes
    switch (op_role(program, op).role) {
        case Role::kNone:
        case Role::kRead:
        case Role::kWrite:
        case Role::kAtomic:
        case Role::kAsyncCopy:
        case Role::kAsyncArrive:
            return false;
        default:
            return true;
    }
}

std::unique_ptr<ptx::CtaObserver> Sanitizer::start_cta(const ptx::CtaState& cta) {
    if (roles_.empty()) roles_ = op_roles(cta.program);
    return std::make_unique<CtaSanitizer>(cta, roles_, detectors_, buffers_, findings_, stuck_);
}

void Sanitizer::add_fault(const ptx::FaultPlace& place, Detector detector, std::string_view what,
                          std::string_view advice) {
    if (!detectors_.has(detector)) return;
    if (findings_.count_known(detector, what, place.line, 0)) return;
    Finding finding;
    finding.detector = detector;
    finding.what = what;
    finding.place = place.problem;
    finding.advice = advice;
    finding.cta = place.cta;
    finding.address = place.address;
    finding.now = {place.location, place.opcode, place.line, place.warp, {}};
    if (place.lane) finding.now.lane = static_cast<std::uint32_t>(*place.lane);
    findings_.add(std::move(finding));
}

void Sanitizer::add(const ptx::AccessFault& fault) {
    const bool misaligned = fault.place.problem.find("misaligned") != std::string::npos;
    add_fault(fault.place, Detector::kMemory,
              misaligned ? "misaligned access" : "access out of bounds",
              misaligned ? "align the address to the size of the access"
                         : "guard the access, or make the buffer as large as the grid needs");
}

void Sanitizer::add(const ptx::ExecutionFault& fault) {
    if (!is_collective(fault.place.operation)) return;
    add_fault(fault.place, Detector::kSync, "lanes are missing",
              "let all lanes that must take part reach it together, in code that does not diverge");
}

void Sanitizer::add_stuck_warps() {
    for (Finding& finding : stuck_) {
        if (!detectors_.has(finding.detector)) continue;
        if (!findings_.count_known(finding.detector, finding.what, finding.now.line, 0))
            findings_.add(std::move(finding));
    }
    stuck_.clear();
}

}  // namespace sptc::sanitize
