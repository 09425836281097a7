// What binds a GEMM: no resource is used more than all the time, and sparse over dense stays below
// what the resources allow.
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

}  // namespace

TEST_CASE("roofline: no resource is used in more cycles than there are") {
    const auto type = GENERATE(types::DataType::kF16, types::DataType::kS8, types::DataType::kTf32);
    const auto extent = GENERATE(256u, 1024u, 2048u);
    CAPTURE(types::name(type), extent);
    const run::GemmResult result = simulate(extent, extent, extent, type);
    check_resources(result, result.kernel.simulation);
    check_resources(result, result.dense->simulation);
}

// The experiment of Mishra et al. 2021, figure 3: INT8, M = N = 10240. With a short K neither
// kernel comes near its roofline, and then the ratio of the two bounds nothing.
TEST_CASE("roofline: the speedup of 2:4 rises with K, up to what the resources allow", "[.slow]") {
    double before = 1;
    for (const std::uint32_t k : {1280u, 2560u, 8192u}) {
        CAPTURE(k);
        const run::GemmResult result = simulate(10240, 10240, k, types::DataType::kS8);
        const double speedup = *result.speedup();
        const double allowed = std::min(2.0, report::roofline_speedup(result));
        CHECK(speedup > before);
        CHECK(speedup < 2);
        if (k >= 8192) {
            CHECK(speedup < 1.01 * allowed);  // the dense kernel is not quite at its own
            CHECK(speedup > 0.9 * allowed);
        }
        before = speedup;
    }
}
