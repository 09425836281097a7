// Core timing against published A100 figures. Sources: Sun et al., TPDS 34(1) 2023 (arXiv
// 2206.02874), tables 3, 6, 9, 10; SyncPerformance (IISWC 2024); Luo et al., arXiv 2402.13499;
// Huerta et al., MICRO 2025.
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/a100.hpp"
#include "tests/support/scripted_source.hpp"

using namespace sptc;
using isa::Operation;
using test::ScriptedSource;
using types::DataType;
using Step = ScriptedSource::Step;

namespace {

const isa::MmaForm& form(bool sparse, int k, DataType accumulator = DataType::kF32) {
    return *isa::find_form(sparse, 16, 8, k, accumulator, DataType::kF16, DataType::kF16,
                           accumulator);
}

/// An mma that accumulates into its own registers 4 * copy ... : the microbenchmarks' D = A . B +
/// D.
Step accumulate(const isa::MmaForm& mma, int copy) {
    const auto d = static_cast<isa::RegisterId>(10 + copy);
    return {.operation = Operation::kMma, .reads = {0, 1, 2, d}, .writes = {d}, .mma = &mma};
}

/// The loop of the mma microbenchmarks: independent mma's, __syncwarp, branch; counter and compare
/// stand behind the first two mma, where a compiler puts them.
std::vector<Step> mma_loop(const isa::MmaForm& mma, int independent) {
    std::vector<Step> body;
    for (int copy = 0; copy < independent; ++copy) {
        body.push_back(accumulate(mma, copy));
        if (copy == 0)
            body.push_back({.operation = Operation::kIntegerAlu, .reads = {40}, .writes = {40}});
        if (copy == std::min(1, independent - 1)) {
            body.push_back({.operation = Operation::kIntegerAlu, .reads = {40}, .writes = {41}});
        }
    }
    body.push_back({.operation = Operation::kWarpSync, .reads = {}, .writes = {}});
    body.push_back({.operation = Operation::kBranch, .reads = {41}, .writes = {}});
    return body;
}

/// Cycles per iteration in the steady state, from the issue of the same step in two iterations of
/// warp 0.
double cycles_per_iteration(const ScriptedSource& source, std::size_t steps, int from, int to) {
    const auto first = source.issues[static_cast<std::size_t>(from) * steps];
    const auto last = source.issues[static_cast<std::size_t>(to) * steps];
    return static_cast<double>(last - first) / (to - from);
}

double mma_loop_cycles(const isa::MmaForm& mma, std::uint32_t warps, int independent) {
    test::A100 gpu;
    const std::vector<Step> body = mma_loop(mma, independent);
    ScriptedSource source(warps, body, 300);
    (void)gpu.run(source);
    return cycles_per_iteration(source, body.size(), 20, 280);
}

double dense_equivalent_macs_per_cycle(const isa::MmaForm& mma, std::uint32_t warps,
                                       int independent) {
    const double cycles = mma_loop_cycles(mma, warps, independent);
    return warps * independent * double(mma.m * mma.n * mma.k_logical) / cycles;
}

/// Latency of a load whose result is the next load's address.
double chase_cycles(Step load, int iterations = 60) {
    test::A100 gpu;
    load.reads = {1};
    load.writes = {1};
    load.addressed = true;
    ScriptedSource source(1, {load}, iterations);
    (void)gpu.run(source);
    return cycles_per_iteration(source, 1, 5, iterations - 5);
}

/// Bytes per cycle and SM of independent loads from shared memory.
double load_matrix_bytes_per_cycle(std::uint8_t matrices, std::uint32_t warps, int independent) {
    test::A100 gpu;
    std::vector<Step> body;
    for (int copy = 0; copy < independent; ++copy) {
        const auto d = static_cast<isa::RegisterId>(10 + copy);
        body.push_back({.operation = Operation::kLoadMatrix,
                        .reads = {0},
                        .writes = {d},
                        .bytes_per_lane = 16,
                        .matrices = matrices,
                        .address = [](int lane, int) { return 16ull * unsigned(lane); }});
    }
    ScriptedSource source(warps, body, 200);
    (void)gpu.run(source);
    const double cycles = cycles_per_iteration(source, body.size(), 20, 180);
    return warps * independent * 128.0 * matrices / cycles;
}

}  // namespace

TEST_CASE("sm: a chain of dependent mma takes the measured latency") {
    CHECK(mma_loop_cycles(form(true, 32), 1, 1) == Approx(24.7).margin(1.5));
    CHECK(mma_loop_cycles(form(false, 16), 1, 1) == Approx(24.7).margin(1.5));
    CHECK(mma_loop_cycles(form(true, 16), 1, 1) == Approx(17.8).margin(1.5));
    CHECK(mma_loop_cycles(form(false, 8), 1, 1) == Approx(17.7).margin(1.5));
}

TEST_CASE("sm: 8 warps with 2 independent mma reach 95 % of the peak, sparse twice dense") {
    CHECK(dense_equivalent_macs_per_cycle(form(true, 32), 8, 2) >= 0.95 * 2048);
    CHECK(dense_equivalent_macs_per_cycle(form(true, 32), 8, 2) <= 2048);
    CHECK(dense_equivalent_macs_per_cycle(form(false, 16), 8, 2) >= 0.95 * 1024);
    CHECK(dense_equivalent_macs_per_cycle(form(false, 16), 8, 2) <= 1024);
    CHECK(dense_equivalent_macs_per_cycle(form(false, 8), 8, 3) == Approx(974.1).epsilon(0.055));
    CHECK(dense_equivalent_macs_per_cycle(form(true, 16), 8, 2) == Approx(1290.5).epsilon(0.07));
}

// 32 warps of an H100 take 48.93 cycles, 8 x 6 and what the loop costs (JOH, mma_m16n8k16.log); an
// m16n8k16 of an A100 takes 8. With the youngest first warp 0 would wait for the others to end.
TEST_CASE("sm: 8 warps of a sub-core with one mma each share the tensor core evenly") {
    CHECK(mma_loop_cycles(form(false, 16), 32, 1) == Approx(8 * 8).margin(1.0));
}

TEST_CASE("sm: 4 warps with 3 independent mma take the measured 27.4 cycles per iteration") {
    CHECK(mma_loop_cycles(form(false, 16), 4, 3) == Approx(27.4).margin(0.5));
}

TEST_CASE("sm: shared-memory latency grows by 2 cycles per wavefront") {
    const auto matrix = [](std::uint8_t matrices) {
        return chase_cycles({.operation = Operation::kLoadMatrix,
                             .bytes_per_lane = 16,
                             .matrices = matrices,
                             .address = [](int lane, int) { return 16ull * unsigned(lane); }});
    };
    CHECK(matrix(1) == Approx(23.1).margin(1.5));
    CHECK(matrix(2) == Approx(25.1).margin(1.5));
    CHECK(matrix(4) == Approx(29.3).margin(1.5));
    const auto conflict = [](unsigned ways) {
        return chase_cycles({.operation = Operation::kLoadShared, .address = [ways](int lane, int) {
                                 return 4ull * ways * unsigned(lane);
                             }});
    };
    CHECK(conflict(1) == Approx(23.0).margin(1.5));
    CHECK(conflict(2) == Approx(25.0).margin(1.5));
    CHECK(conflict(4) == Approx(29.0).margin(1.5));
    CHECK(conflict(8) == Approx(37.0).margin(1.5));
}

TEST_CASE("sm: ldmatrix saturates shared memory at 128 bytes per cycle") {
    CHECK(load_matrix_bytes_per_cycle(1, 8, 4) == Approx(127.7).epsilon(0.05));
    CHECK(load_matrix_bytes_per_cycle(2, 4, 4) == Approx(127.8).epsilon(0.05));
    CHECK(load_matrix_bytes_per_cycle(4, 4, 2) == Approx(127.3).epsilon(0.05));
}

TEST_CASE("sm: a barrier takes 21 cycles plus 2 per warp") {
    for (const auto& [warps, cycles] :
         {std::pair{1u, 23.0}, {2u, 25.0}, {4u, 29.0}, {8u, 37.0}, {16u, 53.0}, {32u, 85.0}}) {
        test::A100 gpu;
        ScriptedSource source(warps,
                              {{.operation = Operation::kBarrier, .reads = {}, .writes = {}}}, 50);
        (void)gpu.run(source);
        CAPTURE(warps);
        CHECK(cycles_per_iteration(source, 1, 5, 45) == Approx(cycles).margin(1.5));
    }
}

TEST_CASE("sm: idle skip changes nothing, and every sub-core cycle is in exactly one bucket") {
    const auto result = [](sm::IdleSkip skip) {
        test::A100 gpu(2);
        std::vector<Step> body = mma_loop(form(true, 32), 2);
        body.push_back({.operation = Operation::kAsyncCopy,
                        .reads = {3},
                        .bytes_per_lane = 16,
                        .address = [](int lane, int i) {
                            return 0x40000ull + 512ull * unsigned(i) + 16ull * unsigned(lane);
                        }});
        body.push_back({.operation = Operation::kAsyncCommit});
        body.push_back({.operation = Operation::kAsyncWait, .pending_groups = 1});
        body.push_back({.operation = Operation::kBarrier});
        body.push_back({.operation = Operation::kLoadShared, .reads = {4}, .writes = {5}});
        body.push_back(
            {.operation = Operation::kStoreGlobal, .reads = {5, 6}, .address = [](int lane, int i) {
                 return 0x800000ull + 128ull * unsigned(i) + 4ull * unsigned(lane);
             }});
        for (const int i : {0, 2, 4, 6}) {  // all of one bank
            const auto reg = [i](int base) { return static_cast<isa::RegisterId>(base + i); };
            body.push_back({.operation = Operation::kFloat32,
                            .reads = {reg(12), reg(20), reg(40)},
                            .writes = {reg(50)}});
        }
        ScriptedSource source(4, body, 20, 5);
        source.name_physical_registers(64);
        return gpu.run(source, {.idle_skip = skip});
    };
    const gpu::KernelResult on = result(sm::IdleSkip::kOn);
    const gpu::KernelResult off = result(sm::IdleSkip::kOff);
    CHECK(on.cycles == off.cycles);
    CHECK(on.activity == off.activity);
    CHECK(on.l2_read_bytes == off.l2_read_bytes);
    CHECK(on.hbm_read_bytes == off.hbm_read_bytes);
    std::uint64_t sum = 0;
    for (const std::uint64_t cycles : on.activity) sum += cycles;
    CHECK(sum == 4 * 2 * on.cycles);
    CHECK(on.activity[static_cast<std::size_t>(sm::Activity::kRegisterPort)] > 0);
    CHECK(on.activity[0] == on.warp_instructions);
}

TEST_CASE("sm: warps that wait at different barriers are reported as a deadlock with their lines") {
    test::A100 gpu;
    ScriptedSource source(2,
                          {{.operation = Operation::kBarrier,
                            .barrier = 0,
                            .only_for = [](auto warp) { return warp == 0; }},
                           {.operation = Operation::kBarrier,
                            .barrier = 1,
                            .only_for = [](auto warp) { return warp == 1; }}},
                          1);
    REQUIRE_THROWS_AS(gpu.run(source), base::DeadlockError);
    try {
        test::A100 again;
        (void)again.run(source);
    } catch (const base::DeadlockError& error) {
        CHECK_THAT(error.what(), Catch::Contains("warp 0") && Catch::Contains("warp 1") &&
                                     Catch::Contains("barrier"));
    }
}

TEST_CASE("sm: warps that have exited are not waited for at a whole-CTA barrier") {
    test::A100 gpu;
    ScriptedSource source(
        4, {{.operation = Operation::kBarrier, .only_for = [](auto warp) { return warp < 3; }}}, 1);
    CHECK(gpu.run(source).cycles < 100);
}

TEST_CASE("gpu: a kernel that does not fit names the limit") {
    test::A100 gpu;
    ScriptedSource source(4, {{.operation = Operation::kIntegerAlu}}, 1);
    source.shape().shared_bytes_per_cta = 170000;
    CHECK_THROWS_WITH(gpu.run(source),
                      Catch::Contains("shared memory") && Catch::Contains("166912"));
    ScriptedSource registers(4, {{.operation = Operation::kIntegerAlu}}, 1);
    registers.shape().registers_per_thread = 300;
    CHECK_THROWS_WITH(gpu.run(registers), Catch::Contains("registers") && Catch::Contains("255"));
}
