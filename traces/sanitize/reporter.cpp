#include "traces/sanitize/reporter.hpp"

#include <fmt/format.h>

#include <bit>

namespace sptc::sanitize {
namespace {

Party party(const ptx::Program& program, std::uint32_t op, std::uint32_t warp) {
    return {ptx::location(program, op), program.texts[op], program.instructions[op].line, warp, {}};
}

Finding finding(const Problem& problem, const ptx::Execution& now, int lane, const Touch* before) {
    Finding found;
    found.detector = problem.detector;
    found.what = problem.what;
    found.advice = problem.advice;
    found.cta = now.cta.cta;
    found.now = party(now.cta.program, now.op_index(), now.warp);
    if (lane >= 0) found.now.lane = static_cast<std::uint32_t>(lane);
    if (before != nullptr) {
        found.before = party(now.cta.program, before->op, before->warp);
        // Of several lanes that did the same one that is not the other party.
        std::uint32_t lanes = before->lanes;
        if (before->warp == now.warp && lane >= 0 && std::popcount(lanes) > 1) {
            lanes &= ~(1u << lane);
        }
        found.before->lane = static_cast<std::uint32_t>(std::countr_zero(lanes));
    }
    return found;
}

bool known(Findings& findings, const Problem& problem, const ptx::Execution& now,
           const Touch* before) {
    const auto& instructions = now.cta.program.instructions;
    return findings.count_known(problem.detector, problem.what, instructions[now.op_index()].line,
                                before == nullptr ? 0 : instructions[before->op].line);
}

}  // namespace

void report(Findings& findings, const Problem& problem, const ptx::Execution& now, int lane,
            const Touch* before, const Spot* spot) {
    if (known(findings, problem, now, before)) return;
    Finding found = finding(problem, now, lane, before);
    if (spot != nullptr) {
        found.address = spot->address;
        found.bytes = static_cast<std::uint32_t>(spot->bytes);
        found.place = spot->space == ptx::Space::kGlobal
                          ? now.cta.memory.describe(spot->address)
                          : fmt::format("byte {} of the CTA's {} bytes of shared memory",
                                        spot->address, now.cta.shape.shared_bytes_per_cta);
    }
    findings.add(std::move(found));
}

void report_at(Findings& findings, const Problem& problem, const ptx::Execution& now, int lane,
               const Touch* before, std::string place) {
    if (known(findings, problem, now, before)) return;
    Finding found = finding(problem, now, lane, before);
    found.place = std::move(place);
    findings.add(std::move(found));
}

}  // namespace sptc::sanitize
