#include "sim/timing/timing_probe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/base/error.hpp"
#include "sim/timing/probe_rows.hpp"

namespace sptc::timing {

ParameterSpec warps_parameter(std::string_view default_value) {
    return {"warps", default_value, "Warps of the CTA", {}, 1, 32};
}

ParameterSpec ilp_parameter(std::string_view help) { return {"ilp", "1", help, {}, 1, 8}; }

double ProbePoint::metric(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const Metric& each : metrics) {
        if (each.name == name) return each.value;
        names.push_back(each.name);
    }
    throw base::ConfigError(
        fmt::format("unknown metric '{}': expected one of {}", name, fmt::join(names, ", ")));
}

std::span<const TimingProbe> timing_probes() {
    static const std::vector<TimingProbe> probes{
        mma_probe(),     ldmatrix_probe(),     ld_shared_probe(), barrier_probe(),   core_probe(),
        address_probe(), memory_issue_probe(), l1_probe(),        l1_stride_probe(), l2_probe(),
        dram_probe(),    cp_async_probe(),     stream_probe()};
    return probes;
}

const TimingProbe& find_timing_probe(std::string_view name) {
    std::vector<std::string_view> names;
    for (const TimingProbe& probe : timing_probes()) {
        if (probe.name == name) return probe;
        names.push_back(probe.name);
    }
    throw base::ConfigError(
        fmt::format("unknown probe '{}': expected one of {}", name, fmt::join(names, ", ")));
}

ProbePoint run_timing_probe(const gpu::GpuSpec& spec, const TimingProbe& probe,
                            const Parameters& parameters, lowering::Lowering lowering,
                            unsigned threads) {
    ProbePoint point;
    std::vector<double> cycles;
    for (const PlannedRun& planned : probe.plan(spec, parameters)) {
        const run::LoopTime time = run::time_loop(spec, planned.benchmark, planned.iterations,
                                                  {planned.sms, lowering, threads});
        cycles.push_back(time.cycles);
        point.iterations = planned.iterations;
    }
    point.metrics = probe.measure(spec, parameters, cycles);
    return point;
}

}  // namespace sptc::timing
