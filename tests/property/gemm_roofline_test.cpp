// What binds a GEMM: no resource is used more than all the time, and no speedup of sparse over
// dense is above what the resources allow.
#include <algorithm>
#include <catch2/catch.hpp>

#include "sim/report/roofline.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"

using namespace sptc;
using report::Resource;

namespace {

run::GemmResult simulate(std::uint32_t m, std::uint32_t n, std::uint32_t k, types::DataType type) {
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.m = m;
    request.n = n;
    request.k = k;
    request.type = type;
    request.pattern = run::hardware_pattern(type);
    return run::run_gemm(request);
}

void check_resources(const run::GemmResult& result, const gpu::KernelResult& kernel) {
    const report::Roofline roofline(result.gpu, kernel);
    for (std::size_t i = 0; i < static_cast<std::size_t>(Resource::kCount); ++i) {
        const auto resource = static_cast<Resource>(i);
        CAPTURE(report::resource_name(resource));
        CHECK(roofline.cycles(resource) > 0);
        CHECK(roofline.cycles(resource) <= static_cast<double>(kernel.cycles));
        CHECK(roofline.cycles(resource) <= roofline.cycles());
    }
}

/// The speedups of INT8 2:4 by K: above the one of the K before, and bounded.
void check_speedups(std::uint32_t m, std::uint32_t n, std::initializer_list<std::uint32_t> ks) {
    double before = 1;
    for (const std::uint32_t k : ks) {
        CAPTURE(k);
        const run::GemmResult result = simulate(m, n, k, types::DataType::kS8);
        const double speedup = *result.speedup();
        const double allowed = std::min(2.0, report::roofline_speedup(result));
        CHECK(speedup > before);
        CHECK(speedup <= allowed);
        if (k >= 8192) CHECK(speedup > 0.9 * allowed);
        before = speedup;
    }
}

}  // namespace

TEST_CASE("roofline: no resource is used in more cycles than there are") {
    const auto type = GENERATE(types::DataType::kF16, types::DataType::kS8, types::DataType::kTf32);
    const auto extent = GENERATE(256u, 1024u, 2048u);
    CAPTURE(types::name(type), extent);
    const run::GemmResult result = simulate(extent, extent, extent, type);
    check_resources(result, result.kernel.simulation);
    check_resources(result, result.dense->simulation);
}

TEST_CASE("roofline: hits of the L1 take cycles of the array that holds shared memory too") {
    gpu::GpuSpec spec = run::load_gpu("a100");
    spec.sms = 1;
    constexpr std::uint64_t kWavefronts = 1000;  // of 128 bytes
    gpu::KernelResult kernel;
    kernel.sms = kernel.simulated_sms = 1;
    kernel.ctas = kernel.simulated_ctas = 1;
    kernel.shared_read_bytes = kernel.l1_array_bytes = kWavefronts * 128;
    const report::Roofline roofline(spec, kernel);
    CHECK(roofline.binding() == Resource::kSharedMemory);
    CHECK(roofline.cycles() == Approx(2.0 * kWavefronts));
}

// One wave of CTAs: the same kernels, quick.
TEST_CASE("roofline: in one wave the speedup of 2:4 rises with K, up to what is allowed") {
    check_speedups(3072, 1152, {512u, 2048u, 8192u});
}

// The experiment of Mishra et al. 2021, figure 3: INT8, M = N = 10240 (docs/gemm.md).
TEST_CASE("roofline: the speedup of 2:4 rises with K, up to what the resources allow", "[.slow]") {
    check_speedups(10240, 10240, {1280u, 2560u, 5120u, 8192u, 10240u});
}
