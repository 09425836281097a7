// CUDA microbenchmarks, compiled by nvcc (tests/kernels), on the simulated A100.
#include <catch2/catch.hpp>
#include <cstring>

#include "models/base/file.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/launch_run.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;

namespace {

/// What the kernel's own clock64 measured per trip of the loop, of warp 0.
double cycles_per_trip(const std::string& name) {
    const test::TemporaryDirectory directory;
    run::LaunchRequest request;
    request.gpu = run::load_gpu("a100");
    request.gpu.sms = 1;
    request.ptx_file = "tests/kernels/" + name + ".ptx";
    request.launch_file = "tests/kernels/" + name + ".launch.json";
    request.out_directory = directory.path().string();
    (void)run::run_launch(request);
    const auto bytes = base::read_bytes(directory.path() / "cycles.bin");
    std::uint64_t cycles = 0;
    std::memcpy(&cycles, bytes.data(), sizeof cycles);
    return static_cast<double>(cycles) / 1000;
}

}  // namespace

TEST_CASE("kernel: one warp of dependent mma.sp takes the measured 24.7 cycles each") {
    // Sun et al., TPDS 34(1) 2023, table 6.
    CHECK(cycles_per_trip("mma_sp_chain_1") == Approx(24.7).margin(1.5));
}

TEST_CASE(
    "kernel: 8 warps with 2 independent mma.sp reach 95 % of 2048 dense-equivalent MACs per "
    "cycle") {
    const double macs = 8 * 2 * 16 * 8 * 32 / cycles_per_trip("mma_sp_chain_2");
    CHECK(macs >= 0.95 * 2048);
    CHECK(macs <= 2048);
}
