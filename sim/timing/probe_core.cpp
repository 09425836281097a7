#include <string>

#include "sim/timing/probe_rows.hpp"
#include "traces/microbench/sequence_loop.hpp"

namespace sptc::timing {
namespace {

using microbench::AddressLoop;
using microbench::LoadBurst;
using microbench::Sequence;
using microbench::SequenceLoop;

const isa::Architecture& architecture(const gpu::GpuSpec& spec) {
    return isa::find_architecture(spec.arch);
}

/// Loops of fewer and of more steps; their difference is free of what the loop itself costs.
constexpr std::uint32_t kFewerSteps = 16;
constexpr std::uint32_t kMoreSteps = 48;

SequenceLoop loop_of(const Parameters& parameters, std::uint32_t steps) {
    SequenceLoop loop{.warps = parameters.number32("warps"), .steps = steps};
    for (const Sequence& sequence : microbench::sequences()) {
        if (sequence.name == parameters.text("sequence")) loop.sequence = &sequence;
    }
    return loop;
}

}  // namespace

TimingProbe core_probe() {
    std::vector<std::string_view> names;
    for (const Sequence& sequence : microbench::sequences()) names.push_back(sequence.name);
    return {"core",
            "Arithmetic of one warp: dependent chains and independent instructions",
            {{"sequence", "", "What is executed", names}, warps_parameter()},
            {"cycles_per_instruction"},
            "core --sequence fadd-ffma,hadd2,ffma-independent",
            [](const gpu::GpuSpec& spec, const Parameters& parameters) -> std::vector<PlannedRun> {
                return {{write(loop_of(parameters, kFewerSteps), architecture(spec)), {4, 12}},
                        {write(loop_of(parameters, kMoreSteps), architecture(spec)), {4, 12}}};
            },
            [](const gpu::GpuSpec&, const Parameters& parameters,
               std::span<const double> cycles) -> std::vector<Metric> {
                return {{"cycles_per_instruction",
                         (cycles[1] - cycles[0]) /
                             loop_of(parameters, kMoreSteps - kFewerSteps).instructions()}};
            }};
}

TimingProbe address_probe() {
    return {"address",
            "What an integer result costs as an address: a chase with and without it",
            {{"operations", "1", "Dependent instructions before the address", {}, 1, 8}},
            {"extra_cycles"},
            "address --operations 1,2",
            [](const gpu::GpuSpec& spec, const Parameters& parameters) -> std::vector<PlannedRun> {
                const std::uint32_t operations = parameters.number32("operations");
                std::vector<PlannedRun> runs;
                for (const AddressLoop& loop :
                     {AddressLoop{0, kFewerSteps}, AddressLoop{0, kMoreSteps},
                      AddressLoop{operations, kFewerSteps}, AddressLoop{operations, kMoreSteps}})
                    runs.push_back({write(loop, architecture(spec)), {4, 12}});
                return runs;
            },
            [](const gpu::GpuSpec&, const Parameters&,
               std::span<const double> cycles) -> std::vector<Metric> {
                const double without = cycles[1] - cycles[0];
                const double with = cycles[3] - cycles[2];
                return {{"extra_cycles", (with - without) / (kMoreSteps - kFewerSteps)}};
            }};
}

TimingProbe memory_issue_probe() {
    return {"memory-issue",
            "When the last of several loads issues, after the first; one warp a sub-core",
            {{"loads", "6", "Loads of each warp", {}, 2, 64},
             {"subcores", "1", "Sub-cores that load", {}, 1, 4}},
            {"issue_delay_cycles"},
            "memory-issue --loads 2-8 --subcores 1-4",
            [](const gpu::GpuSpec& spec, const Parameters& parameters) -> std::vector<PlannedRun> {
                const std::uint32_t warps = parameters.number32("subcores");
                return {{write(LoadBurst{1, warps}, architecture(spec)), run::kOneIteration},
                        {write(LoadBurst{parameters.number32("loads"), warps}, architecture(spec)),
                         run::kOneIteration}};
            },
            [](const gpu::GpuSpec&, const Parameters&,
               std::span<const double> cycles) -> std::vector<Metric> {
                return {{"issue_delay_cycles", cycles[1] - cycles[0]}};
            }};
}

}  // namespace sptc::timing
