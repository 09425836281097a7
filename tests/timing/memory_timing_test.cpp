// The memory system against published figures of the A100. Sources: Huerta et al., MICRO 2025,
// table 2; Luo et al., arXiv 2501.12084, tables 3 and 4, and arXiv 2402.13499, tables IV and V;
// gpu-benches (github te42kyfo/gpu-benches@1c36d509), gpu-strides/a100.txt; Jin et al., MICRO 2024,
// figure 12; Antepara et al., SC 2025, table 1; Chips and Cheese.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/memory/address_map.hpp"
#include "tests/support/a100.hpp"
#include "tests/support/scripted_source.hpp"

using namespace sptc;
using isa::CachePolicy;
using isa::Operation;
using test::ScriptedSource;
using Step = ScriptedSource::Step;
using Where = ScriptedSource::Where;

namespace {

constexpr std::uint64_t kBase = 0x10000000;

/// Cycles per iteration of a one-step script, by warp 0, of the iterations from `from` on.
double cycles_per_iteration(const ScriptedSource& source, std::size_t from) {
    const auto& issues = source.issues;
    const std::size_t last = issues.size() - 2;  // the last one is exit
    return static_cast<double>(issues[last] - issues[from]) / static_cast<double>(last - from);
}

/// A dependent load of one warp, again and again.
double chase(Step load, int iterations, int warm_up, gpu::GpuSpec spec = test::A100::make_spec(1)) {
    test::A100 gpu(std::move(spec));
    load.reads = {1};
    load.writes = {1};
    ScriptedSource source(1, {load}, iterations);
    (void)gpu.run(source);
    return cycles_per_iteration(source, static_cast<std::size_t>(warm_up));
}

/// A chase over `lines` lines in an order without pattern, twice; the second pass counts. The L2 is
/// `shrink` times smaller than the A100's.
double chase_over(int lines, std::uint32_t shrink) {
    gpu::GpuSpec spec = test::A100::make_spec(1);
    spec.memory.l2.bytes /= shrink;
    const auto line_of = [lines](int i) {
        constexpr std::int64_t kPrime = 7919;
        return static_cast<std::uint64_t>(i % lines * kPrime % lines);
    };
    return chase({.operation = Operation::kLoadGlobal,
                  .addressed = true,
                  .address = [line_of](int, int i) { return kBase + 128 * line_of(i); },
                  .cache = CachePolicy::kL2},
                 2 * lines, lines, std::move(spec));
}

/// The n-th line whose home is a partition.
std::uint64_t line_with_home(std::uint32_t home, std::uint64_t n) {
    static const memory::AddressMap map(test::A100::make_spec(1).memory.l2);
    for (std::uint64_t line = kBase + 128 * n;; line += 128 * 1009) {
        if (map.place_of(line).home == home) return line;
    }
}

/// Bytes per cycle of the whole GPU, every warp of all SMs reading what `at` gives, all lanes
/// something else.
double read_bytes_per_cycle(std::uint32_t sms, std::uint8_t bytes_per_lane,
                            const std::function<std::uint64_t(const Where&)>& at, int warm_up,
                            int iterations) {
    constexpr std::uint32_t kWarps = 16;
    test::A100 gpu(sms);
    const auto cycles = [&](int count) {
        std::vector<Step> body;
        for (isa::RegisterId copy = 0; copy < 4; ++copy) {
            body.push_back({.operation = Operation::kLoadGlobal,
                            .reads = {0},
                            .writes = {static_cast<isa::RegisterId>(10 + copy)},
                            .bytes_per_lane = bytes_per_lane,
                            .place =
                                [&at, copy](const Where& where) {
                                    Where step = where;
                                    step.iteration = 4 * where.iteration + copy;
                                    return at(step);
                                },
                            .cache = CachePolicy::kL2});
        }
        ScriptedSource source(kWarps, body, count, sms);
        return static_cast<double>(gpu.run(source).cycles);
    };
    const double passed = cycles(warm_up + iterations) - cycles(warm_up);
    return 32.0 * bytes_per_lane * 4 * iterations * kWarps * sms / passed;
}

}  // namespace

TEST_CASE("l1: a hit takes 32, 34 and 38 cycles for 32, 64 and 128 bits") {
    const auto raw = [](std::uint8_t bytes) {
        return chase({.operation = Operation::kLoadGlobal,
                      .bytes_per_lane = bytes,
                      .address = [bytes](int lane, int) { return kBase + unsigned(bytes * lane); }},
                     60, 10);
    };
    CHECK(raw(4) == Approx(32).margin(1.5));
    CHECK(raw(8) == Approx(34).margin(1.5));
    CHECK(raw(16) == Approx(38).margin(1.5));
}

TEST_CASE("l1: a chase that hits takes the measured 33 cycles") {
    CHECK(chase({.operation = Operation::kLoadGlobal,
                 .addressed = true,
                 .address = [](int, int) { return kBase; }},
                60, 10) == Approx(33).margin(1.5));
}

TEST_CASE("l1: strided loads take the measured cycles, from banks of data and of tags") {
    // Cycles per warp load that stays in the L1, strides of 0 to 64 elements.
    constexpr double kFloat[] = {1.02, 1.02, 2.00, 1.63, 4.00, 2.20, 2.36, 2.67, 8.0,  3.03, 3.31,
                                 3.64, 4.00, 4.02, 4.00, 4.45, 16.0, 5.1,  5.1,  5.6,  5.3,  6.0,
                                 6.1,  6.2,  8.0,  7.0,  7.1,  7.3,  7.3,  8.0,  8.0,  8.5,  32.0,
                                 8.8,  8.9,  9.0,  8.9,  9.2,  9.4,  9.4,  9.8,  9.3,  9.3,  9.0,
                                 9.3,  9.8,  9.9,  10.1, 16.0, 10.3, 10.2, 9.5,  10.2, 11.1, 10.5,
                                 10.5, 9.6,  9.2,  9.5,  9.5,  10.0, 9.8,  9.2,  8.8,  32.0};
    constexpr double kDouble[] = {2.01, 2.01, 4.00, 2.42, 8.0,  3.34, 4.00, 4.04, 16.0, 5.1,  5.4,
                                  6.1,  8.0,  7.1,  7.6,  8.0,  32.0, 8.9,  9.2,  9.4,  9.8,  9.3,
                                  9.3,  10.0, 16.0, 10.3, 10.2, 10.5, 9.5,  9.4,  10.0, 9.2,  32.0,
                                  9.0,  10.3, 9.6,  9.6,  9.7,  10.6, 11.9, 16.0, 10.5, 10.2, 9.7,
                                  10.2, 11.6, 12.1, 11.7, 32.0, 11.6, 11.2, 9.8,  10.7, 12.8, 11.6,
                                  11.5, 16.0, 9.6,  9.7,  9.8,  10.9, 10.6, 9.3,  9.1,  32.0};
    constexpr int kCopies = 8;
    const auto simulated = [](std::uint8_t bytes, unsigned stride) {
        const std::uint32_t warps = bytes * stride <= 256 ? 16 : 8;  // it stays in the L1
        // Each warp reads its own stretch, as the threads of a block do.
        const auto place = [&](const Where& at) {
            const std::uint64_t thread = 32 * at.warp + unsigned(at.lane);
            return kBase + std::uint64_t{bytes} * stride * thread;
        };
        std::vector<Step> body;
        for (int copy = 0; copy < kCopies; ++copy) {
            body.push_back({.operation = Operation::kLoadGlobal,
                            .reads = {0},
                            .writes = {static_cast<isa::RegisterId>(10 + copy)},
                            .bytes_per_lane = bytes,
                            .place = place});
        }
        const auto cycles = [&](int iterations) {
            test::A100 gpu;
            ScriptedSource source(warps, body, iterations);
            return static_cast<double>(gpu.run(source).cycles);
        };
        return (cycles(40) - cycles(20)) / (20 * kCopies * warps);
    };
    double sum = 0;
    double worst = 0;
    const auto compare = [&](std::uint8_t bytes, unsigned stride, double measured) {
        const double error = std::abs(simulated(bytes, stride) - measured) / measured;
        CAPTURE(int(bytes), stride, measured, error);
        CHECK(error <= 0.35);
        sum += error;
        worst = std::max(worst, error);
    };
    for (unsigned stride = 0; stride <= 64; ++stride) {
        compare(4, stride, kFloat[stride]);
        compare(8, stride, kDouble[stride]);
    }
    CAPTURE(worst);
    CHECK(sum / 130 <= 0.04);
}

TEST_CASE("l1: a sector on its way is not fetched twice, and loads past the L1 fetch each time") {
    const auto l2_bytes = [](CachePolicy cache, Operation operation = Operation::kLoadGlobal) {
        test::A100 gpu;
        Step step{.operation = operation, .reads = {0}, .cache = cache};
        if (operation == Operation::kLoadGlobal) step.writes = {10};
        ScriptedSource source(8, {step}, 1);
        const gpu::KernelResult result = gpu.run(source);
        return std::pair{result.l2_read_bytes, result.l1_merged_bytes};
    };
    CHECK(l2_bytes(CachePolicy::kAllLevels) ==
          std::pair<std::uint64_t, std::uint64_t>(128, 7 * 128));
    CHECK(l2_bytes(CachePolicy::kL2) == std::pair<std::uint64_t, std::uint64_t>(8 * 128, 0));
    CHECK(l2_bytes(CachePolicy::kAllLevels, Operation::kAsyncCopy).first == 128);
    CHECK(l2_bytes(CachePolicy::kL2, Operation::kAsyncCopy).first == 8 * 128);
}

TEST_CASE("l1: a store allocates nothing and leaves what is there") {
    const auto hits = [](bool load_first) {
        test::A100 gpu;
        std::vector<Step> body;
        if (load_first)
            body.push_back({.operation = Operation::kLoadGlobal, .reads = {0}, .writes = {10}});
        body.push_back({.operation = Operation::kStoreGlobal, .reads = {10}});
        body.push_back({.operation = Operation::kLoadGlobal, .reads = {0}, .writes = {11}});
        ScriptedSource source(1, body, 1);
        return gpu.run(source).l1_hit_bytes;
    };
    CHECK(hits(true) == 128);
    CHECK(hits(false) == 0);
}

TEST_CASE("l1: shared memory takes the smallest carve-out that holds it from the L1") {
    // 150 KB of lines, twice: they stay in the 184 KB that an 8 KB carve-out leaves, and not in the
    // 28 KB that 164 KB leave.
    const auto hit_share = [](std::uint32_t shared_bytes) {
        test::A100 gpu;
        constexpr int kLines = 1200;
        ScriptedSource source(1,
                              {{.operation = Operation::kLoadGlobal,
                                .reads = {0},
                                .writes = {10},
                                .address =
                                    [](int lane, int i) {
                                        return kBase + 128u * unsigned(i % kLines) +
                                               4u * unsigned(lane);
                                    }}},
                              2 * kLines);
        source.shape().shared_bytes_per_cta = shared_bytes;
        const gpu::KernelResult result = gpu.run(source);
        return static_cast<double>(result.l1_hit_bytes) / static_cast<double>(result.l1_read_bytes);
    };
    CHECK(hit_share(0) >= 0.49);
    CHECK(hit_share(140 * 1024) <= 0.01);
}

TEST_CASE("l1: the SMs that one represents send what their own L1 does not hold") {
    const auto run = [](gpu::SimulatedSms simulated) {
        test::A100 gpu(4, simulated);
        ScriptedSource source(2,
                              {{.operation = Operation::kLoadGlobal,
                                .reads = {0},
                                .writes = {10},
                                .place =
                                    [](const Where& at) {
                                        const std::uint64_t line =
                                            at.cta * 64 + unsigned(at.iteration % 64);
                                        return kBase + 128 * line + 4 * unsigned(at.lane);
                                    }}},
                              3 * 64, 4);
        return gpu.run(source);
    };
    const gpu::KernelResult all = run(gpu::SimulatedSms::kAll);
    const gpu::KernelResult one = run(gpu::SimulatedSms::kRepresentative);
    CHECK(all.l2_read_bytes == 4 * 64 * 128);
    CHECK(one.l2_read_bytes == all.l2_read_bytes);
    CHECK(double(one.cycles) == Approx(double(all.cycles)).epsilon(0.03));
}

TEST_CASE("l2: a near hit takes 208 cycles, and memory behind each partition 475 and 623") {
    const auto once = [](std::uint32_t home) {
        return chase({.operation = Operation::kLoadGlobal,
                      .addressed = true,
                      .address = [home](int, int i) { return line_with_home(home, unsigned(i)); },
                      .cache = CachePolicy::kL2},
                     40, 5);
    };
    CHECK(once(0) == Approx(474.9).epsilon(0.02));
    CHECK(once(1) == Approx(622.7).epsilon(0.02));
    const double near = chase({.operation = Operation::kLoadGlobal,
                               .addressed = true,
                               .address = [](int, int) { return kBase; },
                               .cache = CachePolicy::kL2},
                              40, 5);
    CHECK(near == Approx(208.0).epsilon(0.02));
}

TEST_CASE("l2: a chase is near up to one partition's capacity, then far, then in memory") {
    // 1/64 of the A100's 40 MB: 16 MB, 32.5 MB and 80 MB become lines.
    constexpr std::uint32_t kShrink = 64;
    const auto over = [](double megabytes) {
        return chase_over(int(megabytes * 1024 * 1024 / 128 / kShrink), kShrink);
    };
    CHECK(over(10) == Approx(202.8).epsilon(0.05));    // random chase, first plateau
    CHECK(over(32.5) == Approx(415.0).epsilon(0.05));  // the same, 32.5 MB
    CHECK(over(160) == Approx(565.7).epsilon(0.05));   // the same, 462 MB
}

TEST_CASE("l2: what all SMs read from near slices reaches the measured bandwidth", "[.slow]") {
    // 4 MB that all SMs read, each in its own order.
    const auto at = [](const Where& where) {
        const std::uint64_t chunk =
            (where.cta * 977 + where.warp * 131 + unsigned(where.iteration) * 16) % 8192;
        return kBase + 512 * chunk + 16 * unsigned(where.lane);
    };
    const double bytes = read_bytes_per_cycle(108, 16, at, 60, 40);
    CHECK(bytes >= 3050 * 0.95);  // 4.3-4.5 TB/s at 1410 MHz
    CHECK(bytes <= 3190 * 1.05);
}

TEST_CASE("l2: one SM reads 39.5 GB/s from a near slice") {
    const auto near = [](const Where& where) {
        return line_with_home(0, (where.warp * 4 + unsigned(where.iteration)) % 16) +
               unsigned(where.lane) * 4;
    };
    CHECK(read_bytes_per_cycle(1, 4, near, 50, 100) * 1.41 == Approx(39.5).epsilon(0.15));
}

TEST_CASE("hbm: a stream that no cache holds reaches the measured bandwidth", "[.slow]") {
    const auto at = [](const Where& where) {
        const std::uint64_t chunk = (unsigned(where.iteration) * 108 + where.cta) * 16 + where.warp;
        return kBase + 512 * chunk + 16 * unsigned(where.lane);
    };
    const double bytes = read_bytes_per_cycle(108, 16, at, 4, 12);
    CHECK(bytes * 1.41 == Approx(1407.2).epsilon(0.05));
}

TEST_CASE("memory: idle skip changes nothing, with hits, misses, merges and a full queue") {
    const auto run = [](gpu::SimulatedSms simulated, sm::IdleSkip skip) {
        test::A100 gpu(4, simulated);
        const auto place = [](const Where& at) {
            const unsigned thread = 32 * at.warp + unsigned(at.lane);
            return kBase + 4096 * (at.cta % 3) + 64 * std::uint64_t{thread} +
                   16 * unsigned(at.iteration % 5);
        };
        ScriptedSource source(8,
                              {{.operation = Operation::kLoadGlobal,
                                .reads = {0},
                                .writes = {10},
                                .bytes_per_lane = 16,
                                .place = place},
                               {.operation = Operation::kLoadShared, .reads = {0}, .writes = {11}},
                               {.operation = Operation::kAsyncCopy,
                                .reads = {0},
                                .bytes_per_lane = 16,
                                .place = place},
                               {.operation = Operation::kStoreGlobal, .reads = {10}}},
                              20, 9);
        return gpu.run(source, {.idle_skip = skip});
    };
    for (const auto simulated : {gpu::SimulatedSms::kAll, gpu::SimulatedSms::kRepresentative}) {
        const gpu::KernelResult on = run(simulated, sm::IdleSkip::kOn);
        const gpu::KernelResult off = run(simulated, sm::IdleSkip::kOff);
        CHECK(on.cycles == off.cycles);
        CHECK(on.activity == off.activity);
        CHECK(on.l1_hit_bytes == off.l1_hit_bytes);
        CHECK(on.l1_merged_bytes == off.l1_merged_bytes);
        CHECK(on.l2_near_hit_bytes == off.l2_near_hit_bytes);
    }
}
