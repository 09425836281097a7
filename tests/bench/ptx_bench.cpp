// How many warp instructions a second the PTX front end delivers, without a timing model, and how
// long loading and lowering a kernel take. Reported, never asserted.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "tests/support/tile_loop_kernel.hpp"
#include "traces/gemm/gemm.hpp"
#include "traces/lowering/lowering.hpp"

using namespace sptc;

namespace {

void measure(const char* name, launch::Values values, std::uint32_t k_tiles) {
    auto run = test::tile_loop_run(k_tiles, 1, values);
    const auto source = run.source();
    const auto begin = std::chrono::steady_clock::now();
    const std::uint64_t executed = test::run_functionally(*source, run.options);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::printf("%-12s %10llu warp instructions  %6.3f s  %7.1f M/s\n", name,
                static_cast<unsigned long long>(executed), seconds.count(),
                static_cast<double>(executed) / seconds.count() * 1e-6);
}

/// The best of a few, of one sparse GEMM kernel with many stages of unrolled copies.
void measure_loading() {
    const gemm::GemmProblem problem{.m = 4096, .n = 4096, .k = 4096, .sparse = true};
    const gemm::GemmKernel kernel = gemm::write_kernel(problem, {128, 128, 128, 32, 64, 3});
    const auto lines = std::count(kernel.ptx.begin(), kernel.ptx.end(), '\n');
    std::chrono::duration<double> load{1e9};
    std::chrono::duration<double> lower{1e9};
    std::size_t operations = 0;
    for (int i = 0; i < 5; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        auto program = ptx::load_program(kernel.ptx, "kernel.ptx", kernel.entry);
        const auto loaded = std::chrono::steady_clock::now();
        operations = lowering::lower(std::move(program))->ops.size();
        load = std::min<std::chrono::duration<double>>(load, loaded - begin);
        lower = std::min<std::chrono::duration<double>>(lower,
                                                        std::chrono::steady_clock::now() - loaded);
    }
    std::printf("%-12s %10lld lines  parsed in %.4f s, lowered to %zu operations in %.4f s\n",
                "loading", static_cast<long long>(lines), load.count(), operations, lower.count());
}

}  // namespace

int main() {
    measure("values off", launch::Values::kOff, 50'000);
    measure("values on", launch::Values::kOn, 20'000);
    measure_loading();
    return 0;
}
