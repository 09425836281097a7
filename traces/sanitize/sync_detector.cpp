#include "traces/sanitize/sync_detector.hpp"

#include <fmt/format.h>

#include <bit>

#include "traces/ptx/warp_handlers.hpp"
#include "traces/sanitize/reporter.hpp"

namespace sptc::sanitize {
namespace {

constexpr Problem kThreads{Detector::kSync, "warps meet at a barrier with different thread counts",
                           "name the same number of threads wherever a barrier is used"};
constexpr Problem kKinds{Detector::kSync, "bar.red meets another kind of barrier instruction",
                         "let all threads of one phase of a barrier use bar.red, or none"};
constexpr Problem kExited{
    Detector::kSync, "shfl.sync reads a lane that has exited",
    "name only lanes that take part in the membermask, or let all lanes stay until the shuffle"};

std::string threads_text(std::uint32_t threads) {
    return threads == 0 ? "all threads of the CTA" : fmt::format("{} threads", threads);
}

}  // namespace

void report_misfit(Findings& findings, const ptx::Execution& e,
                   const BarrierPhases::Arrival& arrival, const BarrierPhases::Arrival& before) {
    const bool counts = arrival.threads != before.threads;
    const Touch other{0, before.op, 1, before.warp};
    report_at(findings, counts ? kThreads : kKinds, e, -1, &other,
              fmt::format("barrier {}, {} and {}", arrival.barrier, threads_text(arrival.threads),
                          threads_text(before.threads)));
}

void check_shuffle(Findings& findings, const ptx::Execution& e) {
    if (e.cta.program.texts[e.op_index()].compare(0, 4, "shfl") != 0) return;
    const auto first = static_cast<std::size_t>(std::countr_zero(e.mask));
    const std::uint32_t members = e.registers32[e.operands[5]][first];
    const std::uint32_t gone = members & ~e.alive;
    if (gone == 0) return;
    for (std::uint32_t rest = e.mask; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::uint32_t>(std::countr_zero(rest));
        const std::uint32_t source = ptx::shuffle_source_lane(e, lane);
        if (((gone >> source) & 1u) == 0) continue;
        return report_at(findings, kExited, e, static_cast<int>(lane), nullptr,
                         fmt::format("lane {} of membermask 0x{:08x}", source, members));
    }
}

}  // namespace sptc::sanitize
