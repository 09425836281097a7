// When shuffles, votes, fences, named barriers, sleeps and atomics let a warp go on. Measured
// figures: SyncPerformance (IISWC 2024), A100; the others follow from
// configs/gpu/a100-sxm4-40gb.json.
#include <catch2/catch.hpp>

#include "tests/support/a100.hpp"
#include "tests/support/scripted_source.hpp"

using namespace sptc;
using base::Cycle;
using isa::Operation;
using test::ScriptedSource;
using Step = ScriptedSource::Step;

namespace {

/// Cycles between the issue of two steps of warp 0.
Cycle distance(std::vector<Step> body, std::size_t from, std::size_t to, std::uint32_t warps = 1) {
    test::A100 gpu;
    ScriptedSource source(warps, std::move(body), 1);
    (void)gpu.run(source);
    return source.issues.at(to) - source.issues.at(from);
}

Step consume(isa::RegisterId reg) {
    return {.operation = Operation::kIntegerAlu, .reads = {reg}, .writes = {40}};
}

/// From an instruction that writes register 1 to an instruction that reads it.
Cycle latency(Step producer) {
    producer.writes = {1};
    return distance({producer, consume(1)}, 0, 1);
}

/// Cycles per iteration of dependent shuffles.
double shuffle_cycles(std::uint32_t warps, std::uint64_t ctas = 1) {
    test::A100 gpu;
    ScriptedSource source(warps, {{.operation = Operation::kShuffle, .reads = {1}, .writes = {1}}},
                          100, ctas);
    (void)gpu.run(source);
    // Warp 0 of two CTAs writes into one list: every step stands in it once for each.
    const std::size_t step = ctas;
    return static_cast<double>(source.issues.at(80 * step) - source.issues.at(20 * step)) / 60;
}

std::uint64_t one_word(int, int) { return 0x10000; }
std::uint64_t neighbours(int lane, int) { return 0x10000 + 4 * unsigned(lane); }

const gpu::GpuSpec& a100() {
    static const gpu::GpuSpec spec = run::load_gpu("a100");
    return spec;
}

}  // namespace

TEST_CASE("sm: a dependent shuffle takes the measured 25 cycles, 31 with 32 warps, 61 with 64") {
    CHECK(shuffle_cycles(1) == Approx(25).margin(1.5));
    CHECK(shuffle_cycles(16) == Approx(25).margin(1.5));
    CHECK(shuffle_cycles(32) == Approx(31).margin(3));
    CHECK(shuffle_cycles(32, 2) == Approx(61).margin(6));
}

TEST_CASE("sm: two CTAs share the barrier unit: 64 cycles with 16 warps each, 122.7 with 32") {
    // SyncPerformance, 216 blocks on 108 SMs; one block alone takes 53 and 85.
    const auto barrier_cycles = [](std::uint32_t warps) {
        test::A100 gpu;
        ScriptedSource source(warps, {{.operation = Operation::kBarrier}}, 50, 2);
        (void)gpu.run(source);
        return static_cast<double>(source.issues.at(90) - source.issues.at(10)) / 40;
    };
    CHECK(barrier_cycles(8) == Approx(37).margin(1.5));
    CHECK(barrier_cycles(16) == Approx(64).margin(1.5));
    CHECK(barrier_cycles(32) == Approx(122.7).epsilon(0.05));
}

TEST_CASE("sm: __syncwarp holds its warp for the measured 5 cycles, with up to 16 warps") {
    for (const std::uint32_t warps : {1u, 8u, 16u}) {
        test::A100 gpu;
        ScriptedSource source(warps, {{.operation = Operation::kWarpSync}}, 50);
        (void)gpu.run(source);
        CAPTURE(warps);
        CHECK(static_cast<double>(source.issues.at(40) - source.issues.at(10)) / 30 == 5);
    }
}

TEST_CASE("sm: the results of vote, match and redux are readable after their latency, not before") {
    const sm::SubCoreSpec& spec = a100().sm.sub_core;
    for (const auto& [operation, pipeline] : {std::pair{Operation::kVote, &spec.vote},
                                              {Operation::kMatch, &spec.match},
                                              {Operation::kWarpReduce, &spec.warp_reduce}}) {
        CAPTURE(isa::operation_name(operation));
        CHECK(latency({.operation = operation, .reads = {2}}) == pipeline->latency_cycles);
        // Two of them: one for every 32 / lanes cycles.
        CHECK(distance({{.operation = operation, .reads = {2}, .writes = {1}},
                        {.operation = operation, .reads = {2}, .writes = {3}}},
                       0, 1) == 32 / pipeline->lanes);
    }
}

TEST_CASE("sm: bar.arrive lets its warp go on in the next cycle, and releases one that waits") {
    const Step arrive{.operation = Operation::kBarrierArrive, .barrier = 1, .barrier_threads = 64};
    Step arrive_of_one = arrive;
    arrive_of_one.only_for = [](std::uint32_t warp) { return warp == 1; };
    CHECK(distance({{.operation = Operation::kBarrierArrive, .barrier = 1, .barrier_threads = 96},
                    consume(1)},
                   0, 1) == 1);

    // Warp 1 sleeps for 1000 ns, which are 1410 cycles, and arrives; warp 0 waits for it.
    const auto only = [](std::uint32_t which) {
        return [which](std::uint32_t warp) { return warp == which; };
    };
    const Cycle waited =
        distance({{.operation = Operation::kSleep, .sleep_nanoseconds = 1000, .only_for = only(1)},
                  arrive_of_one,
                  {.operation = Operation::kBarrier,
                   .barrier = 1,
                   .barrier_threads = 64,
                   .only_for = only(0)},
                  {.operation = Operation::kIntegerAlu, .only_for = only(0)}},
                 0, 1, 2);
    // Sleep, one cycle to issue the arrival, one to hand it on, and the release.
    const Cycle expected = 1410 + 2 + a100().sm.barrier.release_cycles;
    CHECK(waited >= expected);
    CHECK(waited <= expected + a100().sm.barrier.arrival_cycles);
}

TEST_CASE("sm: nanosleep holds its warp for as many cycles as its nanoseconds take") {
    for (const auto& [nanoseconds, cycles] : {std::pair{0u, 0u}, {100u, 141u}, {1000u, 1410u}}) {
        CHECK(distance({{.operation = Operation::kSleep, .sleep_nanoseconds = nanoseconds},
                        {.operation = Operation::kIntegerAlu}},
                       0, 1) == 1 + cycles);
    }
}

TEST_CASE("sm: a fence of the GPU waits for the warp's writes, one of the CTA does not") {
    const Step store{.operation = Operation::kStoreGlobal, .reads = {1}, .address = neighbours};
    const Step red{.operation = Operation::kReductionGlobal, .reads = {1}, .address = neighbours};
    const gpu::GpuSpec spec = a100();
    const Cycle way = spec.sm.global_path.request_cycles + spec.memory.l2.hit_cycles +
                      spec.sm.global_path.response_cycles;
    CHECK(distance({store, {.operation = Operation::kMemoryFence}}, 0, 1) > way);
    CHECK(distance({red, {.operation = Operation::kMemoryFence}}, 0, 1) > way);
    CHECK(distance({store, {.operation = Operation::kCtaFence}}, 0, 1) == 1);
    CHECK(distance({{.operation = Operation::kMemoryFence}, consume(1)}, 0, 1) == 1);
    // Only its own writes: the fence of warp 0 passes while warp 1 stores.
    Step store_of_one = store;
    store_of_one.only_for = [](std::uint32_t warp) { return warp == 1; };
    CHECK(distance({store_of_one, {.operation = Operation::kMemoryFence}, consume(1)}, 0, 1, 2) <=
          2);
}

TEST_CASE("l2: lanes that change one word take turns, and each turn is one cycle") {
    const auto atom = [](auto address) {
        return latency({.operation = Operation::kAtomicGlobal, .reads = {2}, .address = address});
    };
    const Cycle apart = atom(neighbours);
    // All words of the line at once, but three sectors less come back with one word.
    const Cycle together = atom(one_word);
    const auto sector_cycles =
        static_cast<Cycle>(3 * 32 / a100().memory.crossbar.sm_bytes_per_cycle);
    CHECK(together >= apart + 31 * a100().memory.l2.atomic_cycles - 2 * sector_cycles - 2);
    CHECK(together <= apart + 31 * a100().memory.l2.atomic_cycles);
    const Cycle load =
        latency({.operation = Operation::kLoadGlobal, .reads = {2}, .address = neighbours});
    CHECK(apart >= load);
    CHECK(apart <= load + 10);  // reads its data later, and sends it along
}

TEST_CASE("l2: a red holds its warp no longer than a store; a busy word takes a turn per lane") {
    CHECK(distance({{.operation = Operation::kReductionGlobal, .reads = {1}, .address = one_word},
                    consume(1)},
                   0, 1) == 1);
    // Two SMs add to one word, 16 warps each, 20 times: 640 x 32 turns.
    test::A100 gpu(2);
    ScriptedSource source(
        16, {{.operation = Operation::kReductionGlobal, .reads = {1}, .address = one_word}}, 20, 2);
    const gpu::KernelResult result = gpu.run(source);
    const Cycle turns = 2 * 16 * 20 * 32;
    CHECK(result.cycles >= turns);
    CHECK(result.cycles <= turns + 1000);
}

TEST_CASE("sm: an atomic in shared memory takes two wavefronts for each lane of its busiest bank") {
    const auto atom = [](auto address) {
        return latency({.operation = Operation::kAtomicShared, .reads = {2}, .address = address});
    };
    const auto word = [](int lane, int) { return 4ull * unsigned(lane); };
    const auto same = [](int, int) { return 0ull; };
    const auto pairs = [](int lane, int) { return 4ull * unsigned(lane / 2); };
    CHECK(atom(pairs) == atom(word) + 2);
    CHECK(atom(same) == atom(word) + 31 * 2);
    const Cycle load = latency({.operation = Operation::kLoadShared, .reads = {2}});
    CHECK(atom(word) >= load + 1);
    CHECK(atom(word) <= load + 6);  // reads its data as a store does
}
