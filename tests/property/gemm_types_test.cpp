// Every kind of GEMM kernel: types x pattern x layout of B.
#include <catch2/catch.hpp>

#include "sim/run/gemm_run.hpp"
#include "tests/support/bank_conflicts.hpp"
#include "tests/support/checked_gemm.hpp"
#include "tests/support/functional_run.hpp"
#include "tests/support/gemm_kinds.hpp"
#include "traces/gemm/layout.hpp"
#include "traces/gemm/prepare.hpp"
#include "traces/gemm/tile_choice.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/ptx/source.hpp"

using namespace sptc;
using Catch::Matchers::Contains;

TEST_CASE("gemm: of every type, pattern and layout D equals the reference on ragged shapes") {
    const auto [m, n, k] = GENERATE(table<std::uint32_t, std::uint32_t, std::uint32_t>(
        {{1, 1, 1}, {33, 17, 65}, {70, 90, 333}, {130, 41, 1100}}));
    for (const gemm::GemmProblem& problem : test::gemm_kinds(m, n, k)) {
        const run::GemmResult result = run::run_gemm(test::checked_gemm(problem));
        INFO(result.kernel.simulation.shape.entry);
        REQUIRE(result.check);
        CHECK(result.check->elements == std::uint64_t{m} * n);
        CHECK(result.check->mismatches == 0);
    }
}

TEST_CASE("gemm: the kernels of every type are free of bank conflicts in shared memory") {
    for (const gemm::GemmProblem& problem : test::gemm_kinds(128, 128, 512)) {
        for (const gemm::GemmTile& tile : gemm::default_tiles(problem)) {
            const gemm::GemmKernel kernel = gemm::write_kernel(problem, tile);
            INFO(kernel.entry);
            const launch::Launch launch = gemm::make_launch(kernel, gemm::layout_of(problem, tile));
            launch::DeviceMemory memory(launch.buffers, launch::Values::kOff);
            const auto source =
                ptx::make_source(ptx::load_program(kernel.ptx, "gemm.ptx", kernel.entry), launch,
                                 memory, launch::Values::kOff);
            test::ConflictCounter counter;
            test::FunctionalOptions options;
            options.observer = [&](std::uint64_t, std::uint32_t, const auto& done) {
                counter(done);
            };
            test::run_functionally(*source, options);
            CHECK(counter.accesses > 0);
            CHECK(counter.conflicts == 0);
        }
    }
}

TEST_CASE("gemm: a combination without a kernel lists what exists") {
    gemm::GemmProblem problem{.m = 64, .n = 64, .k = 64};
    run::GemmRequest r = test::checked_gemm(problem);
    r.type = types::DataType::kS8;
    r.accumulator.reset();
    r.b_type.reset();
    r.b_layout = gemm::BLayout::kRow;
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("row-major B of s8") && Contains("column-major"));
    r.b_layout.reset();
    r.accumulator = types::DataType::kF32;
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("s8 x s8") && Contains("f32 accumulators") &&
                                            Contains("s8 x u8 -> s32, 2:4"));
    r.accumulator.reset();
    r.b_type = types::DataType::kF16;
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("s8 x f16"));
    r.b_type.reset();
    r.type = types::DataType::kTf32;
    r.pattern = &sparsity::find_pattern("2:4");
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("'2:4'") && Contains("tf32") && Contains("1:2"));
    r.type = types::DataType::kB1;
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("no datapath for b1") && Contains("dense"));
}
