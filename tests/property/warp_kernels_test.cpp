// Kernels of tests/kernels/warp.cu, compiled by nvcc, on the simulated A100 against host loops.
#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <numeric>

#include "models/base/file.hpp"
#include "models/base/random.hpp"
#include "models/types/data_type.hpp"
#include "tests/support/a100.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using isa::Operation;
using test::KernelRun;

namespace {

KernelRun kernel(const std::string& entry, std::uint32_t ctas, std::uint32_t threads) {
    KernelRun run(base::read_text("tests/kernels/warp.ptx"), threads);
    run.launch.entry = entry;
    run.launch.grid = {ctas, 1, 1};
    return run;
}

gpu::KernelResult simulate(KernelRun& run, sm::IdleSkip skip = sm::IdleSkip::kOn) {
    const auto source = run.source();
    test::A100 gpu(2);
    return gpu.run(*source, {.idle_skip = skip, .cycle_limit = 1'000'000});
}

std::uint64_t issued(const gpu::KernelResult& result, Operation operation) {
    return result.issued[static_cast<std::size_t>(operation)];
}

std::vector<std::int32_t> random_integers(std::size_t count, std::uint64_t seed) {
    base::Random random(seed);
    std::vector<std::int32_t> numbers(count);
    for (std::int32_t& number : numbers) {
        number = static_cast<std::int32_t>(random.below(2001)) - 1000;
    }
    return numbers;
}

}  // namespace

TEST_CASE("warp kernels: sums, minima, maxima and ballots of warps") {
    constexpr std::size_t kWarps = 4;
    const auto in = random_integers(32 * kWarps, 1);
    KernelRun run = kernel("reduce", 1, 32 * kWarps);
    run.buffer("in", in).output("out", 4 * 5 * kWarps);
    const gpu::KernelResult result = simulate(run);
    const auto out = run.content<std::int32_t>("out");
    for (std::size_t warp = 0; warp < kWarps; ++warp) {
        const auto begin = in.begin() + static_cast<std::ptrdiff_t>(32 * warp);
        const auto end = begin + 32;
        std::uint32_t odd = 0;
        for (std::uint32_t lane = 0; lane < 32; ++lane) {
            odd |= static_cast<std::uint32_t>(begin[lane] & 1) << lane;
        }
        CHECK(out[5 * warp] == std::accumulate(begin, end, 0));
        CHECK(out[5 * warp + 1] == std::accumulate(begin, end, 0));
        CHECK(out[5 * warp + 2] == *std::min_element(begin, end));
        CHECK(out[5 * warp + 3] == *std::max_element(begin, end));
        CHECK(static_cast<std::uint32_t>(out[5 * warp + 4]) == odd);
    }
    CHECK(issued(result, Operation::kShuffle) == 10 * kWarps);
    CHECK(issued(result, Operation::kWarpReduce) == 2 * kWarps);
    CHECK(issued(result, Operation::kVote) == kWarps);
}

TEST_CASE("warp kernels: prefix sums of a block") {
    const auto in = random_integers(512, 2);
    KernelRun run = kernel("scan", 1, 512);
    run.buffer("in", in).output("out", 4 * 512);
    (void)simulate(run);
    std::vector<std::int32_t> expected(512);
    std::partial_sum(in.begin(), in.end(), expected.begin());
    CHECK(run.content<std::int32_t>("out") == expected);
}

TEST_CASE("warp kernels: a histogram with divergence and shared atomics") {
    constexpr std::size_t kCount = 3000;
    base::Random random(3);
    std::vector<std::uint8_t> in(kCount);
    std::vector<std::uint32_t> expected(64);
    for (std::uint8_t& value : in) {
        value = static_cast<std::uint8_t>(random.below(random.below(90) + 1));
        if (value < 64) ++expected[value];
    }
    KernelRun run = kernel("histogram", 5, 96);
    run.buffer("in", in).output("bins", 4 * 64).scalar("u32", kCount);
    const gpu::KernelResult result = simulate(run);
    CHECK(run.content<std::uint32_t>("bins") == expected);
    CHECK(issued(result, Operation::kAtomicShared) > 0);
    const gpu::KernelResult every_cycle = simulate(run, sm::IdleSkip::kOff);
    CHECK(every_cycle.cycles == result.cycles);
    CHECK(every_cycle.activity == result.activity);
}

TEST_CASE("warp kernels: __syncthreads_count, _and and _or") {
    for (const std::int32_t shift : {0, 2000, -2000}) {
        auto in = random_integers(128, 4);
        for (std::int32_t& number : in) number += shift;
        const auto count = std::count_if(in.begin(), in.end(), [](int v) { return v > 0; });
        KernelRun run = kernel("block_votes", 1, 128);
        run.buffer("in", in).output("out", 4 * 128);
        (void)simulate(run);
        const auto expected =
            static_cast<std::int32_t>(100 * count + (count == 128 ? 10 : 0) + (count > 0 ? 1 : 0));
        CHECK(run.content<std::int32_t>("out") == std::vector<std::int32_t>(128, expected));
    }
}

TEST_CASE("warp kernels: a GEMM of nvcc's wmma gives the product and uses the tensor core") {
    base::Random random(5);
    std::vector<std::uint16_t> a(32 * 64);
    std::vector<std::uint16_t> b(64 * 32);
    std::vector<float> d(32 * 32);
    for (auto* matrix : {&a, &b}) {
        for (std::uint16_t& half : *matrix) half = types::f64_to_f16(random.below(9) - 4.0);
    }
    for (float& value : d) value = static_cast<float>(random.below(9));
    std::vector<float> expected = d;
    for (std::size_t row = 0; row < 32; ++row) {
        for (std::size_t column = 0; column < 32; ++column) {
            float& sum = expected[32 * row + column];
            for (std::size_t k = 0; k < 64; ++k) {
                sum += types::f16_to_f32(a[64 * row + k]) * types::f16_to_f32(b[32 * k + column]);
            }
            sum *= 2;
        }
    }
    KernelRun run = kernel("wmma_gemm", 1, 128);
    run.buffer("a", a).buffer("b", b).buffer("d", d);
    const gpu::KernelResult result = simulate(run);
    CHECK(run.content<float>("d") == expected);
    CHECK(issued(result, Operation::kMma) == 4 * 4 * 2);         // warps, steps, blocks of 16 x 8
    CHECK(issued(result, Operation::kLoadMatrix) == 4 * 4 * 2);  // A and B
}

TEST_CASE("warp kernels: a pipeline of cp.async and mbarriers passes every tile on") {
    for (const std::int32_t tiles : {1, 2, 5, 12}) {
        const auto in = random_integers(32 * static_cast<std::size_t>(tiles), 6);
        std::vector<std::int32_t> expected(32);
        for (std::size_t i = 0; i < in.size(); ++i) expected[31 - i % 32] += in[i];
        KernelRun run = kernel("copy_pipeline", 1, 64);
        run.buffer("in", in).output("out", 4 * 32).scalar("s32", std::uint64_t(tiles));
        (void)simulate(run);
        CAPTURE(tiles);
        CHECK(run.content<std::int32_t>("out") == expected);
    }
}
