// CTAs that wait for each other through global memory (tests/kernels/semaphore.cu, compiled by
// nvcc), every SM simulated.
#include <catch2/catch.hpp>

#include "models/base/file.hpp"
#include "models/base/random.hpp"
#include "tests/support/a100.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using test::KernelRun;

namespace {

constexpr std::uint32_t kRows = 128;

/// The kernel of an entry of semaphore.ptx.
KernelRun kernel(const std::string& entry, std::uint32_t ctas, std::uint32_t threads) {
    KernelRun run(base::read_text("tests/kernels/semaphore.ptx"), threads);
    run.launch.entry = entry;
    run.launch.grid = {ctas, 1, 1};
    return run;
}

/// Simulates every CTA on `sms` SMs.
gpu::KernelResult simulate(KernelRun& run, std::uint32_t sms,
                           sm::IdleSkip skip = sm::IdleSkip::kOn) {
    run.memory = std::make_unique<launch::DeviceMemory>(run.launch.buffers, launch::Values::kOn);
    const auto source =
        ptx::make_source(ptx::load_program(run.ptx, "semaphore.ptx", run.launch.entry), run.launch,
                         *run.memory, launch::Values::kOn, sms);
    test::A100 gpu(sms);
    return gpu.run(*source, {.idle_skip = skip, .cycle_limit = 2'000'000});
}

template <class Element>
std::vector<Element> random_elements(std::size_t count, std::uint64_t seed) {
    base::Random random(seed);
    std::vector<Element> elements(count);
    for (Element& element : elements) {
        element = static_cast<Element>(static_cast<std::int64_t>(random.below(2001)) - 1000) /
                  static_cast<Element>(std::is_floating_point_v<Element> ? 777 : 1);
    }
    return elements;
}

}  // namespace

TEST_CASE("semaphore: a serial split-K adds its slices in their order, on few SMs and on many") {
    constexpr std::uint32_t kSlices = 7;
    constexpr std::uint32_t kK = kSlices * 24;
    const auto a = random_elements<float>(kRows * kK, 1);
    const auto b = random_elements<float>(kK, 2);
    std::vector<float> expected(kRows);
    for (std::uint32_t row = 0; row < kRows; ++row) {
        for (std::uint32_t slice = 0; slice < kSlices; ++slice) {
            float sum = 0;
            for (std::uint32_t i = slice * 24; i < (slice + 1) * 24; ++i) {
                // A product of two f32 is exact in f64; the sum may be rounded twice, which the
                // comparison below allows for.
                sum = static_cast<float>(double(a[row * kK + i]) * double(b[i]) + double(sum));
            }
            expected[row] += sum;
        }
    }
    std::vector<std::vector<float>> results;
    for (const std::uint32_t sms : {2u, 7u, 108u}) {
        KernelRun run = kernel("split_k", kSlices, kRows);
        run.buffer("a", a).buffer("b", b).output("c", 4 * kRows).output("semaphore", 4);
        run.scalar("u32", kK);
        (void)simulate(run, sms);
        results.push_back(run.content<float>("c"));
        CHECK(run.content<std::uint32_t>("semaphore").front() == 0);  // the last CTA resets it
    }
    CHECK(results[0] == results[1]);
    CHECK(results[0] == results[2]);
    for (std::uint32_t row = 0; row < kRows; ++row) {
        CAPTURE(row);
        CHECK(results[0][row] == Approx(expected[row]).epsilon(1e-5).margin(1e-5));
    }
}

TEST_CASE("semaphore: a split-K by atomics adds every slice once, and the last CTA sees all") {
    constexpr std::uint32_t kSlices = 12;
    constexpr std::uint32_t kK = kSlices * 16;
    const auto a = random_elements<std::int32_t>(kRows * kK, 3);
    const auto b = random_elements<std::int32_t>(kK, 4);
    std::vector<std::int32_t> expected(kRows);
    for (std::uint32_t row = 0; row < kRows; ++row) {
        for (std::uint32_t i = 0; i < kK; ++i) expected[row] += a[row * kK + i] * b[i];
        expected[row] *= 2;
    }
    KernelRun run = kernel("split_k_atomic", kSlices, kRows);
    run.buffer("a", a).buffer("b", b).output("c", 4 * kRows).output("finished", 4);
    run.scalar("u32", kK);
    const gpu::KernelResult first = simulate(run, 5);
    CHECK(run.content<std::int32_t>("c") == expected);
    CHECK(run.content<std::uint32_t>("finished").front() == 0);
    // The same cycles and counts again, and with every cycle looked at.
    const gpu::KernelResult again = simulate(run, 5);
    CHECK(again.cycles == first.cycles);
    CHECK(again.activity == first.activity);
    const gpu::KernelResult every_cycle = simulate(run, 5, sm::IdleSkip::kOff);
    CHECK(every_cycle.cycles == first.cycles);
    CHECK(every_cycle.activity == first.activity);
}

TEST_CASE("semaphore: a barrier of the whole grid separates the steps of resident CTAs") {
    constexpr std::uint32_t kCtas = 11;
    constexpr std::uint32_t kSteps = 6;
    std::vector<std::uint32_t> ring(2 * kCtas);
    for (std::uint32_t i = 0; i < kCtas; ++i) ring[i] = 100 * i;
    KernelRun run = kernel("grid_barrier", kCtas, 64);
    run.buffer("ring", ring).output("arrived", 4).scalar("u32", kSteps);
    (void)simulate(run, 4);
    const auto found = run.content<std::uint32_t>("ring");
    for (std::uint32_t i = 0; i < kCtas; ++i) {
        CHECK(found[i] == 100 * ((i + kSteps) % kCtas) + kSteps);
    }
    CHECK(run.content<std::uint32_t>("arrived").front() == kCtas * kSteps);
}

TEST_CASE("semaphore: with values off a spin loop is refused with its line") {
    KernelRun run = kernel("grid_barrier", 2, 64);
    run.values = launch::Values::kOff;
    run.output("ring", 64).output("arrived", 4).scalar("u32", 2);
    CHECK_THROWS_WITH(run.source(),
                      Catch::Contains("turn values on") && Catch::Contains("atom.global.cas.b32"));
}
