#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/bank_conflicts.hpp"
#include "tests/support/exact_mma.hpp"
#include "tests/support/functional_run.hpp"
#include "tests/support/integer_gemm.hpp"
#include "traces/gemm/gemm.hpp"
#include "traces/gemm/layout.hpp"
#include "traces/gemm/prepare.hpp"
#include "traces/gemm/tile_choice.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/ptx/source.hpp"

using namespace sptc;

namespace {

struct Shape {
    std::uint32_t m, n, k;
};

gemm::GemmProblem problem_of(Shape shape, bool sparse) {
    return {.m = shape.m, .n = shape.n, .k = shape.k, .sparse = sparse};
}

// Runs a kernel on integers and compares D, with its padding, bit for bit.
void check_values(const gemm::GemmProblem& problem, const gemm::GemmTile& tile,
                  const test::Observer& observer = {}) {
    const gemm::GemmKernel kernel = gemm::write_kernel(problem, tile);
    INFO(kernel.entry << " for " << problem.m << " x " << problem.n << " x " << problem.k);
    const gemm::GemmLayout layout = gemm::layout_of(problem, tile);
    const test::IntegerGemm integers(problem, 7);
    const launch::Launch launch = gemm::make_launch(kernel, layout, integers.operands());
    launch::DeviceMemory memory(launch.buffers, launch::Values::kOn);
    const auto source = ptx::make_source(ptx::load_program(kernel.ptx, "gemm.ptx", kernel.entry),
                                         launch, memory, launch::Values::kOn);
    test::FunctionalOptions options;
    options.mma = test::ExactMma();
    options.observer = observer;
    test::run_functionally(*source, options);
    REQUIRE(gemm::extract_d(problem, layout, memory.content("D")) == integers.expected());
}

}  // namespace

TEST_CASE(
    "gemm: every default kernel gives exact integer results on whole tiles, and no access to "
    "shared memory has a bank conflict") {
    for (const bool sparse : {false, true}) {
        const gemm::GemmProblem problem = problem_of({256, 256, 128}, sparse);
        for (const gemm::GemmTile& tile : gemm::default_tiles(problem)) {
            test::ConflictCounter counter;
            check_values(problem, tile,
                         [&](std::uint64_t, std::uint32_t, const auto& done) { counter(done); });
            CHECK(counter.accesses > 0);
            CHECK(counter.conflicts == 0);
        }
    }
}

TEST_CASE("gemm: shapes that fill no tile give exact integer results") {
    constexpr std::array kShapes{Shape{1, 1, 1}, Shape{33, 17, 65}, Shape{63, 66, 31},
                                 Shape{70, 130, 200}};
    for (const bool sparse : {false, true}) {
        for (const Shape shape : kShapes) {
            const gemm::GemmProblem problem = problem_of(shape, sparse);
            for (const gemm::GemmTile& tile : gemm::default_tiles(problem)) {
                if (tile.cta_m * tile.cta_n > 128 * 128) continue;
                check_values(problem, tile);
            }
        }
    }
}

TEST_CASE("gemm: C and f16 accumulators give exact integer results, ragged and whole") {
    for (const bool sparse : {false, true}) {
        for (const types::DataType accumulator : {types::DataType::kF32, types::DataType::kF16}) {
            for (const bool has_c : {false, true}) {
                for (const Shape shape : {Shape{64, 128, 64}, Shape{65, 50, 100}}) {
                    gemm::GemmProblem problem = problem_of(shape, sparse);
                    problem.accumulator = accumulator;
                    problem.has_c = has_c;
                    check_values(problem, {64, 64, 64, 32, 32, 3});
                }
            }
        }
    }
}

TEST_CASE("gemm: every pipeline depth and every row length in shared memory gives exact results") {
    for (const bool sparse : {false, true}) {
        const gemm::GemmProblem problem = problem_of({40, 90, 300}, sparse);
        for (const std::uint32_t stages : {2u, 3u, 5u, 8u}) {
            check_values(problem, {64, 32, 64, 32, 16, stages});
        }
        check_values(problem, {64, 32, 128, 32, 16, 2});  // rows of A of 256 or 128 bytes
        check_values(problem, {32, 256, 64, 32, 64, 2});  // rows of B of 512 bytes
        check_values(problem, {64, 64, 128, 64, 32, 2});  // two warps
        const std::uint32_t cta_k = sparse ? 64 : 32;
        check_values(problem, {32, 32, cta_k, 32, 32, 2});  // one warp
    }
}

TEST_CASE("gemm: every default kernel gives exact integer results for 257 x 129 x 515 and 128^3",
          "[.slow]") {
    for (const bool sparse : {false, true}) {
        for (const Shape shape : {Shape{128, 128, 128}, Shape{257, 129, 515}}) {
            gemm::GemmProblem problem = problem_of(shape, sparse);
            problem.has_c = true;
            for (const gemm::GemmTile& tile : gemm::default_tiles(problem)) {
                check_values(problem, tile);
            }
        }
    }
}

TEST_CASE("gemm: without values and without data a kernel executes the same instructions") {
    for (const bool sparse : {false, true}) {
        gemm::GemmProblem problem = problem_of({100, 90, 200}, sparse);
        problem.has_c = true;
        const gemm::GemmTile tile{64, 64, 64, 32, 32, 3};
        const gemm::GemmKernel kernel = gemm::write_kernel(problem, tile);
        const gemm::GemmLayout layout = gemm::layout_of(problem, tile);
        const launch::Launch launch = gemm::make_launch(kernel, layout);
        const auto program = ptx::load_program(kernel.ptx, "gemm.ptx", kernel.entry);
        const auto executed = [&](launch::Values values) {
            launch::DeviceMemory memory(launch.buffers, values);
            const auto source = ptx::make_source(program, launch, memory, values);
            return test::run_functionally(*source, {});
        };
        CHECK(executed(launch::Values::kOff) == executed(launch::Values::kOn));
    }
}
