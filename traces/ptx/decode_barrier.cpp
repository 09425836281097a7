// bar, barrier, bar.warp.sync, membar, fence and nanosleep: PTX ISA 9.1, "Parallel Synchronization
// and Communication Instructions".
#include <fmt/format.h>

#include <bit>

#include "traces/ptx/decoder.hpp"
#include "traces/ptx/lanes.hpp"
#include "traces/ptx/qualifiers.hpp"
#include "traces/ptx/refusals.hpp"
#include "traces/ptx/warp_members.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

constexpr std::array<std::string_view, 5> kBarrierForms{
    "{bar,barrier}[.cta].sync[.aligned] a{, b}", "{bar,barrier}[.cta].arrive[.aligned] a, b",
    "{bar,barrier}[.cta].red.popc[.aligned].u32 d, a{, b}, {!}c",
    "{bar,barrier}[.cta].red.{and,or}[.aligned].pred p, a{, b}, {!}c", "bar.warp.sync membermask"};
constexpr std::array<std::string_view, 3> kFenceForms{
    "membar.{cta,gl,sys}", "fence[.sc|.acq_rel|.acquire|.release].{cta,gpu,sys}",
    "{membar,fence}.proxy.alias"};
constexpr std::array<std::string_view, 1> kSleepForms{"nanosleep.u32 t"};

constexpr std::uint32_t kLongestSleepNanoseconds = 1'000'000;  // PTX ISA, nanosleep

/// Op::modifier of bar.red: the reduction, and whether the predicate is negated.
enum class BarrierReduction : std::uint8_t { kPopc, kAnd, kOr };
constexpr std::uint8_t kNegatedPredicate = 0x80;

/// The value that all active lanes must agree on.
std::uint32_t uniform_value(Execution& e, std::int32_t slot, std::string_view what) {
    const isa::LaneRegister& lanes = e.registers32[slot];
    const auto first = static_cast<std::size_t>(std::countr_zero(e.mask));
    for (std::size_t lane = first; lane < isa::kLanes; ++lane) {
        if (((e.mask >> lane) & 1u) != 0 && lanes[lane] != lanes[first]) {
            kernel_fault(e, fmt::format("lanes name different values for {}: {} and {}", what,
                                        lanes[first], lanes[lane]));
        }
    }
    return lanes[first];
}

/// Operand 0: the barrier; operand 1: how many threads, or -1.
void name_barrier(Execution& e) {
    if (e.mask != e.alive) {
        kernel_fault(e, "the warp is divergent: all its threads must reach a barrier together");
    }
    const std::uint32_t index = uniform_value(e, e.operands[0], "the barrier");
    if (index >= kBarriersPerCta) {
        kernel_fault(e, fmt::format("barrier {}, expected 0 to {}", index, kBarriersPerCta - 1));
    }
    e.result.barrier = index;
    e.result.barrier_threads = 0;
    if (e.operands[1] < 0) return;
    const std::uint32_t threads = uniform_value(e, e.operands[1], "the number of threads");
    const std::uint32_t most = e.cta.shape.warps_per_cta() * isa::kLanes;
    if (threads == 0 || threads % isa::kLanes != 0 || threads > most) {
        kernel_fault(e, fmt::format("{} threads, expected a positive multiple of {} up to {}",
                                    threads, isa::kLanes, most));
    }
    e.result.barrier_threads = threads;
}

void arrive(Execution& e) {
    name_barrier(e);
    e.cta.reductions.arrive(e.result.barrier, e.result.barrier_threads / isa::kLanes);
}

/// Operand 2: the predicate.
void arrive_and_give(Execution& e) {
    name_barrier(e);
    std::uint32_t holds = e.predicates[e.operands[2]];
    if ((e.op.modifier & kNegatedPredicate) != 0) holds = ~holds;
    e.cta.reductions.give(e.result.barrier, e.warp,
                          {static_cast<std::uint32_t>(std::popcount(holds & e.mask)),
                           static_cast<std::uint32_t>(std::popcount(e.mask))});
    e.cta.reductions.arrive(e.result.barrier, e.result.barrier_threads / isa::kLanes);
}

/// Operand 0: the barrier; operand 1: d.
void take_result(Execution& e) {
    const std::uint32_t barrier = uniform_value(e, e.operands[0], "the barrier");
    const BarrierReductions::Result result = e.cta.reductions.take(barrier, e.warp);
    switch (static_cast<BarrierReduction>(e.op.modifier)) {
        case BarrierReduction::kPopc: {
            isa::LaneRegister out;
            out.fill(result.holding);
            return write_lanes(e.registers32[e.operands[1]], out, e.mask);
        }
        case BarrierReduction::kAnd:
            return write_predicate(e, e.operands[1],
                                   result.holding == result.threads ? kAllLanes : 0);
        case BarrierReduction::kOr:
            return write_predicate(e, e.operands[1], result.holding != 0 ? kAllLanes : 0);
    }
}

void sync_warp(Execution& e) {
    for_each_group(e, e.operands[0], [](std::uint32_t) {});
}

/// Lanes sleep together: as long as the one that sleeps longest.
void sleep(Execution& e) {
    std::uint32_t longest = 0;
    for (std::uint32_t rest = e.mask; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(rest));
        longest = std::max(longest, e.registers32[e.operands[0]][lane]);
    }
    e.result.sleep_nanoseconds = std::min(longest, kLongestSleepNanoseconds);
}

/// Emits a and b of `a{, b}` at operands `first` and on.
void emit_barrier(Decoder& decoder, std::size_t first, bool threads) {
    decoder.emit_operand(decoder.read(decoder.operand(first), Slot::kRead32));
    decoder.emit_operand(threads ? decoder.read(decoder.operand(first + 1), Slot::kRead32) : -1);
}

void decode_arrival(Decoder& decoder, Operation operation, std::size_t least) {
    decoder.expect_operands(least, 2);
    emit_barrier(decoder, 0, decoder.operand_count() == 2);
    decoder.op.handler = arrive;
    decoder.op.skip_handler = name_barrier;
    decoder.instruction.operation = operation;
    decoder.commit();
}

/// Two operations, as on hardware: the barrier, and reading its result.
void decode_barrier_reduction(Decoder& decoder, BarrierReduction reduction) {
    decoder.expect_operands(3, 4);
    const bool threads = decoder.operand_count() == 4;
    emit_barrier(decoder, 1, threads);
    OperandNode predicate = decoder.operand(threads ? 3 : 2);
    if (predicate.negated) decoder.op.modifier = kNegatedPredicate;
    predicate.negated = false;
    decoder.emit_operand(decoder.read(predicate, Slot::kReadPredicate));
    decoder.op.handler = arrive_and_give;
    decoder.op.skip_handler = name_barrier;
    decoder.instruction.operation = Operation::kBarrier;
    decoder.commit();

    decoder.emit_operand(decoder.read(decoder.operand(1), Slot::kRead32));
    const bool count = reduction == BarrierReduction::kPopc;
    decoder.emit_operand(
        decoder.write(decoder.operand(0), count ? Slot::kWrite32 : Slot::kWritePredicate));
    decoder.op.handler = take_result;
    decoder.op.modifier = static_cast<std::uint8_t>(reduction);
    decoder.instruction.operation = Operation::kBarrierResult;
    decoder.commit();
}

void decode_warp_sync(Decoder& decoder) {
    decoder.expect_operands(1, 1);
    decoder.emit_operand(decoder.read(decoder.operand(0), Slot::kRead32));
    decoder.op.handler = sync_warp;
    decoder.instruction.operation = Operation::kWarpSync;
    decoder.commit();
}

}  // namespace

void decode_bar(Decoder& decoder) {
    Qualifiers words(decoder.words());
    if (words.has("cluster")) refuse_newer(decoder, "sm_90", "barrier.cta.sync a");
    if (decoder.words()[0] == "bar" && words.take("warp")) {
        if (!words.take("sync") || !words.empty()) decoder.unsupported(kBarrierForms);
        return decode_warp_sync(decoder);
    }
    words.take("cta");
    words.take("aligned");
    const int action = words.take_one_of({"sync", "arrive", "red"});
    if (action == 2) {
        const int reduction = words.take_one_of({"popc", "and", "or"});
        if (reduction < 0 || !words.take(reduction == 0 ? "u32" : "pred") || !words.empty()) {
            decoder.unsupported(kBarrierForms);
        }
        return decode_barrier_reduction(decoder, static_cast<BarrierReduction>(reduction));
    }
    if (action < 0 || !words.empty()) decoder.unsupported(kBarrierForms);
    if (action == 1) return decode_arrival(decoder, Operation::kBarrierArrive, 2);
    decode_arrival(decoder, Operation::kBarrier, 1);
}

void decode_fence(Decoder& decoder) {
    const bool old = decoder.words()[0] == "membar";
    Qualifiers words(decoder.words());
    if (words.has("cluster") || words.has("async") || words.has("tensormap")) {
        refuse_newer(decoder, "sm_90", "fence.acq_rel.gpu");
    }
    decoder.expect_operands(0, 0);
    if (words.take("proxy")) {
        if (!words.take("alias") || !words.empty()) decoder.unsupported(kFenceForms);
        decoder.instruction.operation = Operation::kMemoryFence;
        return decoder.commit();
    }
    if (!old) (void)words.take_one_of({"sc", "acq_rel", "acquire", "release"});
    const int scope = words.take_one_of({"cta", old ? "gl" : "gpu", "sys"});
    if (scope < 0 || !words.empty()) decoder.unsupported(kFenceForms);
    decoder.instruction.operation = scope == 0 ? Operation::kCtaFence : Operation::kMemoryFence;
    decoder.commit();
}

void decode_nanosleep(Decoder& decoder) {
    if (decoder.statement().opcode != "nanosleep.u32") decoder.unsupported(kSleepForms);
    decoder.expect_operands(1, 1);
    decoder.emit_operand(decoder.read(decoder.operand(0), Slot::kRead32));
    decoder.op.handler = sleep;
    decoder.op.skip_handler = sleep;
    decoder.instruction.operation = Operation::kSleep;
    decoder.commit();
}

}  // namespace sptc::ptx
