#include <string>

#include "sim/timing/probe_rows.hpp"
#include "traces/microbench/shared_chase.hpp"
#include "traces/microbench/sync_loop.hpp"

namespace sptc::timing {
namespace {

using microbench::LdmatrixChase;
using microbench::NextAddress;
using microbench::SharedChase;
using microbench::SyncLoop;
using microbench::SyncOperation;

constexpr run::Iterations kIterations{32, 160};

const isa::Architecture& architecture(const gpu::GpuSpec& spec) {
    return isa::find_architecture(spec.arch);
}

LdmatrixChase ldmatrix_of(const Parameters& parameters) {
    return {.matrices = parameters.number32("matrices"),
            .transposed = parameters.text("trans") == "yes",
            .conflict_ways = parameters.number32("conflict"),
            .warps = parameters.number32("warps"),
            .ilp = parameters.number32("ilp")};
}

SharedChase shared_of(const Parameters& parameters) {
    return {.bits = parameters.number32("bits"),
            .conflict_ways = parameters.number32("conflict"),
            .warps = parameters.number32("warps"),
            .ilp = parameters.number32("ilp"),
            .next = parameters.text("address") == "index" ? NextAddress::kIndex
                                                          : NextAddress::kPointer};
}

std::vector<Metric> chase_metrics(double bytes, double cycles) {
    return {{"latency_cycles", cycles}, {"bytes_per_cycle_per_sm", bytes / cycles}};
}

/// The loops whose difference is the cost of `kMore - kFewer` synchronisations.
constexpr std::uint32_t kFewerOperations = 8;
constexpr std::uint32_t kMoreOperations = 24;
constexpr run::Iterations kSyncIterations{4, 20};

SyncLoop sync_of(const Parameters& parameters, std::uint32_t operations) {
    const std::string& op = parameters.text("op");
    return {.operation = op == "syncthreads" ? SyncOperation::kThreads
                         : op == "syncwarp"  ? SyncOperation::kWarp
                                             : SyncOperation::kShuffle,
            .threads = parameters.number32("threads"),
            .ctas = parameters.number32("blocks"),
            .operations = operations};
}

}  // namespace

TimingProbe ldmatrix_probe() {
    return {"ldmatrix",
            "Chases of ldmatrix through shared memory: the loaded word is the next address",
            {{"matrices", "1", "8x8 matrices of a load", {"1", "2", "4"}},
             {"trans", "no", "Transposed", {"no", "yes"}},
             {"conflict", "1", "Rows of a matrix on the same banks", {"1", "2", "4", "8"}},
             warps_parameter(),
             ilp_parameter("Independent chases of a warp")},
            {"latency_cycles", "bytes_per_cycle_per_sm"},
            "ldmatrix --matrices 1,2,4 --warps 1,4,8 --ilp 1,4",
            [](const gpu::GpuSpec& spec, const Parameters& parameters) -> std::vector<PlannedRun> {
                return {{write(ldmatrix_of(parameters), architecture(spec)), kIterations}};
            },
            [](const gpu::GpuSpec&, const Parameters& parameters, std::span<const double> cycles) {
                return chase_metrics(bytes(ldmatrix_of(parameters)), cycles[0]);
            }};
}

TimingProbe ld_shared_probe() {
    return {"ld-shared",
            "Chases of ld.shared with bank conflicts: the loaded word is the next address",
            {{"bits", "32", "Of a load of a lane", {"32", "64", "128"}},
             {"conflict", "1", "Lanes on the same bank", {"1", "2", "4", "8", "16", "32"}},
             {"address",
              "pointer",
              "The word is an address, or an index that is scaled and added",
              {"pointer", "index"}},
             warps_parameter(),
             ilp_parameter("Independent chases of a warp")},
            {"latency_cycles", "bytes_per_cycle_per_sm"},
            "ld-shared --conflict 1,2,4,8",
            [](const gpu::GpuSpec& spec, const Parameters& parameters) -> std::vector<PlannedRun> {
                return {{write(shared_of(parameters), architecture(spec)), kIterations}};
            },
            [](const gpu::GpuSpec&, const Parameters& parameters, std::span<const double> cycles) {
                return chase_metrics(bytes(shared_of(parameters)), cycles[0]);
            }};
}

TimingProbe barrier_probe() {
    return {
        "barrier",
        "Synchronisation: the cost of one, from loops of 8 and of 24",
        {{"op", "syncthreads", "What synchronises", {"syncthreads", "syncwarp", "shfl"}},
         {"threads", "32", "Threads of a CTA", {}, 1, 1024},
         {"blocks", "1", "CTAs of the grid", {}, 1, 4096}},
        {"cycles_per_operation"},
        "barrier --threads 32,64,128,256,512,1024",
        [](const gpu::GpuSpec& spec, const Parameters& parameters) -> std::vector<PlannedRun> {
            return {
                {write(sync_of(parameters, kFewerOperations), architecture(spec)), kSyncIterations},
                {write(sync_of(parameters, kMoreOperations), architecture(spec)), kSyncIterations}};
        },
        [](const gpu::GpuSpec&, const Parameters&,
           std::span<const double> cycles) -> std::vector<Metric> {
            return {{"cycles_per_operation",
                     (cycles[1] - cycles[0]) / (kMoreOperations - kFewerOperations)}};
        }};
}

}  // namespace sptc::timing
