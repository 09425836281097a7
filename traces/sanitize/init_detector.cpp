#include "traces/sanitize/init_detector.hpp"

#include <bit>

#include "traces/sanitize/reporter.hpp"

namespace sptc::sanitize {
namespace {

constexpr Problem kShared{Detector::kInit, "reads shared memory that this CTA has not written",
                          "write it first: shared memory holds anything when a CTA begins"};
constexpr Problem kGlobal{
    Detector::kInit, "reads global memory that nobody has written",
    "give the buffer a file, a generator or a \"constant\" in the launch file (cudaMemset on the "
    "host), or let a kernel write it first"};

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
    bool told = false;
    for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(rest));
        const std::uint64_t address = addresses[lane];
        if (read && !told &&
            !(global ? buffers_.written(address, bytes) : shared_.all(address, bytes))) {
            const Spot spot{space, address, bytes};
            report(findings_, global ? kGlobal : kShared, e, static_cast<int>(lane), nullptr,
                   &spot);
            told = true;
        }
        if (!write) continue;
        global ? buffers_.write(address, bytes) : shared_.set(address, bytes);
    }
}

}  // namespace sptc::sanitize
