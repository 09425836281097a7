#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "models/base/error.hpp"
#include "sim/timing/probe_rows.hpp"
#include "traces/microbench/async_copy_loop.hpp"
#include "traces/microbench/global_chase.hpp"
#include "traces/microbench/strided_loop.hpp"

namespace sptc::timing {
namespace {

using microbench::CacheOperator;
using microbench::GlobalChase;
using microbench::NextAddress;

constexpr std::uint64_t kMebi = 1024 * 1024;
constexpr std::uint64_t kMostBytes = 8192 * kMebi;

std::vector<Metric> latency(const gpu::GpuSpec& spec, const Parameters&,
                            std::span<const double> cycles) {
    constexpr double kNanosecondsPerMegahertz = 1e3;
    return {{"latency_cycles", cycles[0]},
            {"latency_ns", cycles[0] * kNanosecondsPerMegahertz / spec.clock_mhz}};
}

/// A chase visits every element about once between the two runs, up to `most`.
run::Iterations chase_iterations(const GlobalChase& chase, std::uint32_t most) {
    const auto more =
        static_cast<std::uint32_t>(std::clamp<std::uint64_t>(chase.elements(), 64, most));
    return {more / 8, more};
}

NextAddress next_of(const Parameters& parameters) {
    return parameters.text("address") == "index" ? NextAddress::kIndex : NextAddress::kPointer;
}

ParameterSpec address_parameter() {
    return {"address",
            "pointer",
            "The word is an address, or an index that is scaled and added",
            {"pointer", "index"}};
}

std::vector<PlannedRun> plan_chase(const gpu::GpuSpec& spec, const GlobalChase& chase,
                                   std::uint32_t most) {
    if (chase.footprint_bytes < 2 * std::uint64_t{chase.stride_bytes}) {
        throw base::ConfigError("footprint: expected at least two strides");
    }
    if (chase.stride_bytes < chase.lanes * chase.lane_bytes()) {
        throw base::ConfigError(
            fmt::format("stride: found {}, expected at least the {} bytes that {} lanes load",
                        chase.stride_bytes, chase.lanes * chase.lane_bytes(), chase.lanes));
    }
    if (chase.lanes != 1 && chase.next == NextAddress::kIndex)
        throw base::ConfigError("lanes: found 32 with address index, expected 1");
    return {{write(chase, isa::find_architecture(spec.arch)), chase_iterations(chase, most)}};
}

ParameterSpec stride_parameter(std::string_view value) {
    return {"stride", value, "Bytes from an element to the next", {}, 16, kMebi};
}

microbench::AsyncCopyLoop copy_of(const Parameters& parameters, run::Iterations iterations) {
    const std::string& level = parameters.text("level");
    return {.bytes = parameters.number32("bytes"),
            .cache = level == "l1" ? CacheOperator::kAll : CacheOperator::kGlobal,
            .moves = level == "dram",
            .warps = parameters.number32("warps"),
            .ilp = parameters.number32("ilp"),
            .ctas = 1,
            .most_iterations = iterations.more};
}

constexpr run::Iterations kCopyIterations{8, 40};

}  // namespace

TimingProbe l1_probe() {
    return {"l1",
            "Pointer chase of one thread, or of a warp, through what the L1 holds (ld.global.ca)",
            {{"footprint", "32K", "Bytes around which pointers lead", {}, 32, kMostBytes},
             stride_parameter("128"),
             {"bits", "64", "Of a load", {"64", "128"}},
             {"lanes", "1", "Lanes that chase, next to each other", {"1", "32"}},
             address_parameter()},
            {"latency_cycles", "latency_ns"},
            "l1 --address pointer,index",
            [](const gpu::GpuSpec& spec, const Parameters& parameters) {
                return plan_chase(spec,
                                  {.cache = CacheOperator::kAll,
                                   .footprint_bytes = parameters.number("footprint"),
                                   .stride_bytes = parameters.number32("stride"),
                                   .warm_passes = 1,
                                   .bits = parameters.number32("bits"),
                                   .next = next_of(parameters),
                                   .lanes = parameters.number32("lanes")},
                                  512);
            },
            latency};
}

TimingProbe l2_probe() {
    return {"l2",
            "Pointer chase of one thread through what the L2 holds (ld.global.cg)",
            {{"footprint", "1M", "Bytes around which pointers lead", {}, 32, kMostBytes},
             stride_parameter("128"),
             address_parameter()},
            {"latency_cycles", "latency_ns"},
            "l2 --footprint 1M,4M,16M,32M",
            [](const gpu::GpuSpec& spec, const Parameters& parameters) {
                return plan_chase(spec,
                                  {.cache = CacheOperator::kGlobal,
                                   .footprint_bytes = parameters.number("footprint"),
                                   .stride_bytes = parameters.number32("stride"),
                                   .warm_passes = 1,
                                   .bits = 64,
                                   .next = next_of(parameters)},
                                  4096);
            },
            latency};
}

TimingProbe dram_probe() {
    return {"dram",
            "Pointer chase of one thread through device memory that no cache holds",
            {{"footprint", "64M", "Bytes around which pointers lead", {}, 32, kMostBytes},
             stride_parameter("16K"),
             address_parameter()},
            {"latency_cycles", "latency_ns"},
            "dram --footprint 128M --stride 32K",
            [](const gpu::GpuSpec& spec, const Parameters& parameters) {
                return plan_chase(spec,
                                  {.cache = CacheOperator::kGlobal,
                                   .footprint_bytes = parameters.number("footprint"),
                                   .stride_bytes = parameters.number32("stride"),
                                   .warm_passes = 0,
                                   .bits = 64,
                                   .next = next_of(parameters)},
                                  512);
            },
            latency};
}

TimingProbe l1_stride_probe() {
    return {"l1-stride",
            "Loads of a whole warp from the L1, lanes a stride apart",
            {{"bits", "32", "Of an element", {"32", "64"}},
             {"stride", "1", "Elements from a lane to the next", {}, 0, 128},
             warps_parameter("32")},
            {"cycles_per_warp_load"},
            "l1-stride --stride 0-8",
            [](const gpu::GpuSpec& spec, const Parameters& parameters) -> std::vector<PlannedRun> {
                return {{write(microbench::StridedLoop{.element_bits = parameters.number32("bits"),
                                                       .stride = parameters.number32("stride"),
                                                       .warps = parameters.number32("warps")},
                               isa::find_architecture(spec.arch)),
                         {2, 6}}};
            },
            [](const gpu::GpuSpec&, const Parameters& parameters,
               std::span<const double> cycles) -> std::vector<Metric> {
                const microbench::StridedLoop loop{.warps = parameters.number32("warps")};
                return {{"cycles_per_warp_load", cycles[0] / (loop.warps * loop.loads)}};
            }};
}

TimingProbe cp_async_probe() {
    return {"cp-async",
            "cp.async, a group, and the wait for it",
            {{"bytes", "16", "Of a copy", {"4", "8", "16"}},
             {"level", "l2", "Where what is copied lies", {"l1", "l2", "dram"}},
             warps_parameter(),
             ilp_parameter("Copies of a group")},
            {"latency_cycles", "bytes_per_cycle_per_sm"},
            "cp-async --level l1,l2,dram --warps 1,8",
            [](const gpu::GpuSpec& spec, const Parameters& parameters) -> std::vector<PlannedRun> {
                const auto loop = copy_of(parameters, kCopyIterations);
                if (loop.cache == CacheOperator::kGlobal && loop.bytes != 16) {
                    throw base::ConfigError("bytes: cp.async.cg takes 16; level l1 takes 4, 8, 16");
                }
                return {{write(loop, isa::find_architecture(spec.arch)), kCopyIterations}};
            },
            [](const gpu::GpuSpec&, const Parameters& parameters,
               std::span<const double> cycles) -> std::vector<Metric> {
                return {{"latency_cycles", cycles[0]},
                        {"bytes_per_cycle_per_sm",
                         bytes(copy_of(parameters, kCopyIterations)) / cycles[0]}};
            }};
}

}  // namespace sptc::timing
