// How many warp instructions a second the PTX front end delivers, without a timing model. Reported,
// never asserted.
#include <chrono>
#include <cstdio>

#include "tests/support/tile_loop_kernel.hpp"

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

}  // namespace

int main() {
    measure("values off", launch::Values::kOff, 50'000);
    measure("values on", launch::Values::kOn, 20'000);
    return 0;
}
