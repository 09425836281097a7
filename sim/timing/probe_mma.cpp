#include <algorithm>

#include "models/isa/mma.hpp"
#include "sim/timing/probe_rows.hpp"
#include "traces/microbench/mma_loop.hpp"

namespace sptc::timing {
namespace {

constexpr run::Iterations kIterations{32, 160};

microbench::MmaLoop loop_of(const gpu::GpuSpec& spec, const Parameters& parameters) {
    const isa::MmaSpelling op = isa::parse_mma(parameters.text("op"));
    isa::require_form(isa::find_architecture(spec.arch), *op.form);
    return {op.form, op.ordering, parameters.number32("warps"), parameters.number32("ilp")};
}

std::vector<PlannedRun> plan(const gpu::GpuSpec& spec, const Parameters& parameters) {
    return {{microbench::write(loop_of(spec, parameters), isa::find_architecture(spec.arch)),
             kIterations}};
}

std::vector<Metric> measure(const gpu::GpuSpec& spec, const Parameters& parameters,
                            std::span<const double> cycles) {
    const microbench::MmaLoop loop = loop_of(spec, parameters);
    const double macs = microbench::dense_equivalent_macs(loop) / cycles[0];
    const std::uint32_t busy = std::min(loop.warps, spec.sm.sub_cores);  // sub-cores with a warp
    constexpr double kMillion = 1e6;                                     // MHz to Hz, and to 10^12
    return {{"latency_cycles", cycles[0]},
            {"macs_per_cycle_per_sm", macs},
            {"interval_cycles", cycles[0] * busy / (loop.warps * loop.ilp)},
            {"tera_operations_per_second", 2 * macs * spec.sms * spec.clock_mhz / kMillion}};
}

}  // namespace

TimingProbe mma_probe() {
    return {"mma",
            "Matrix instructions, dense or sparse, each on an accumulator of its own, then "
            "__syncwarp()",
            {{"op", "", "The instruction as PTX spells it (sptc list ops), or all"},
             warps_parameter(),
             ilp_parameter("Independent instructions of an iteration")},
            {"latency_cycles", "macs_per_cycle_per_sm", "interval_cycles",
             "tera_operations_per_second"},
            "mma --op mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 --warps 1,4,8 --ilp 1-3",
            plan,
            measure};
}

}  // namespace sptc::timing
