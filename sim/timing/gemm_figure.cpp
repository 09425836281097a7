#include "sim/timing/gemm_figure.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/timing/parameters.hpp"

namespace sptc::timing {
namespace {

constexpr std::uint64_t kMostExtent = 1u << 20;

const std::vector<ParameterSpec>& specs() {
    static const std::vector<ParameterSpec> kSpecs{
        {"m", "", "", {}, 1, kMostExtent},
        {"n", "", "", {}, 1, kMostExtent},
        {"k", "", "", {}, 1, kMostExtent},
        {"type", "", ""},
        {"accum", "", ""},
        {"pattern", "", ""},
        {"kernel", "auto", ""},
    };
    return kSpecs;
}

run::GemmRequest request_of(const gpu::GpuSpec& spec, const Parameters& parameters) {
    run::GemmRequest request;
    request.gpu = spec;
    request.m = parameters.number32("m");
    request.n = parameters.number32("n");
    request.k = parameters.number32("k");
    request.type = types::parse_data_type(parameters.text("type"));
    request.accumulator = types::parse_data_type(parameters.text("accum"));
    if (parameters.text("pattern") != "dense")
        request.pattern = &sparsity::find_pattern(parameters.text("pattern"));
    request.tile = gemm::parse_tile(parameters.text("kernel"));
    return request;
}

}  // namespace

double gemm_figure(const gpu::GpuSpec& spec, const std::map<std::string, std::string>& parameters,
                   std::string_view metric, lowering::Lowering lowering) {
    const Parameters checked(specs(), parameters, "gemm: ");
    run::GemmRequest request = request_of(spec, checked);
    request.lowering = lowering;
    request.with_dense_baseline = metric == "speedup";
    const run::GemmResult result = run::run_gemm(request);
    constexpr double kCyclesPerMillisecondAndMegahertz = 1e3;
    const double milliseconds = static_cast<double>(result.kernel.simulation.cycles) /
                                (spec.clock_mhz * kCyclesPerMillisecondAndMegahertz);
    if (metric == "milliseconds") return milliseconds;
    if (metric == "teraflops") {
        constexpr double kFlopsPerMillisecondToTeraflops = 1e-9;
        return 2.0 * *request.m * *request.n * *request.k / milliseconds *
               kFlopsPerMillisecondToTeraflops;
    }
    if (metric == "speedup" && result.speedup()) return *result.speedup();
    throw base::ConfigError(fmt::format(
        "gemm: metric '{}': expected milliseconds, teraflops or, of a sparse kernel, speedup",
        metric));
}

}  // namespace sptc::timing
