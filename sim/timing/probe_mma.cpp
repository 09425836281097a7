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
    return {{"latency_cycles", cycles[0]},
            {"macs_per_cycle_per_sm",
             microbench::dense_equivalent_macs(loop_of(spec, parameters)) / cycles[0]}};
}

}  // namespace

TimingProbe mma_probe() {
    return {"mma",
            "Matrix instructions, dense or sparse, each on an accumulator of its own, then "
            "__syncwarp()",
            {{"op", "", "The instruction as PTX spells it (sptc list ops), or all"},
             warps_parameter(),
             ilp_parameter("Independent instructions of an iteration")},
            {"latency_cycles", "macs_per_cycle_per_sm"},
            "mma --op mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 --warps 1,4,8 --ilp 1-3",
            plan,
            measure};
}

}  // namespace sptc::timing
