#include <algorithm>
#include <bit>
#include <string>

#include "sim/timing/probe_rows.hpp"
#include "traces/microbench/stream_loop.hpp"

namespace sptc::timing {
namespace {

using microbench::CacheOperator;
using microbench::StreamKind;
using microbench::StreamLoop;

/// How the three levels are asked.
struct Level {
    std::string_view name;
    CacheOperator cache;
    run::Iterations iterations;
};

constexpr Level kL1{"l1", CacheOperator::kAll, {4, 12}};
constexpr Level kL2{"l2", CacheOperator::kGlobal, {2, 6}};
constexpr Level kDram{"dram", CacheOperator::kGlobal, {2, 6}};

const Level& level_of(const Parameters& parameters) {
    const std::string& name = parameters.text("level");
    return name == kL1.name ? kL1 : name == kL2.name ? kL2 : kDram;
}

/// The L2 takes in what is written until it is full, so the shorter of two runs that write to
/// device memory fills it.
run::Iterations iterations_of(const gpu::GpuSpec& spec, const StreamLoop& loop,
                              const Level& level) {
    if (&level != &kDram || loop.kind == StreamKind::kRead) return level.iterations;
    const std::uint64_t written = loop.step_bytes() * loop.ctas;  // of one array, an iteration
    const auto fewer = static_cast<std::uint32_t>(spec.memory.l2.bytes / written + 1);
    return {fewer, fewer + level.iterations.more};
}

StreamLoop loop_of(const gpu::GpuSpec& spec, const Parameters& parameters) {
    const Level& level = level_of(parameters);
    const std::string& kind = parameters.text("kind");
    StreamLoop loop{.kind = kind == "read"   ? StreamKind::kRead
                            : kind == "copy" ? StreamKind::kCopy
                                             : StreamKind::kTriad,
                    .cache = level.cache,
                    .bits = parameters.number32("bits"),
                    .ctas = spec.sms * parameters.number32("ctas"),
                    .threads = parameters.number32("threads"),
                    .unroll = parameters.number32("unroll")};
    // A segment in L1 is two steps; in L2 all segments fill what the footprint says; in device
    // memory no byte is read twice.
    loop.segment_steps = 2;
    if (&level == &kDram) {
        loop.warm = false;
        loop.segment_steps = std::bit_ceil(iterations_of(spec, loop, level).more);
    } else if (&level == &kL2) {
        const std::uint64_t step = loop.step_bytes() * loop.arrays() * loop.ctas;
        loop.segment_steps = std::bit_floor(static_cast<std::uint32_t>(
            std::max<std::uint64_t>(2, parameters.number("footprint") / step)));
    }
    return loop;
}

}  // namespace

TimingProbe stream_probe() {
    return {"stream",
            "Every SM streams through memory that L1, L2 or device memory holds",
            {{"level", "dram", "Where the data lie", {"l1", "l2", "dram"}},
             {"kind", "read", "read; copy b = a; triad a = b + 3 c", {"read", "copy", "triad"}},
             {"bits", "128", "Of an access", {"32", "64", "128"}},
             {"ctas", "1", "CTAs of an SM", {}, 1, 32},
             {"threads", "512", "Threads of a CTA", {"128", "256", "512", "1024"}},
             {"unroll", "4", "Accesses of a thread and iteration", {"1", "2", "4", "8"}},
             {"footprint", "16M", "Bytes that all CTAs read with --level l2", {}, 1024, 1u << 30}},
            {"bytes_per_cycle", "bytes_per_cycle_per_sm", "gigabytes_per_second",
             "terabytes_per_second"},
            "stream --level l2 --bits 32,64,128",
            [](const gpu::GpuSpec& spec, const Parameters& parameters) -> std::vector<PlannedRun> {
                const bool own = &level_of(parameters) == &kL1;  // every SM for itself
                const StreamLoop loop = loop_of(spec, parameters);
                return {{write(loop, isa::find_architecture(spec.arch)),
                         iterations_of(spec, loop, level_of(parameters)),
                         own ? gpu::SimulatedSms::kRepresentative : gpu::SimulatedSms::kAll}};
            },
            [](const gpu::GpuSpec& spec, const Parameters& parameters,
               std::span<const double> cycles) -> std::vector<Metric> {
                const double rate = bytes(loop_of(spec, parameters)) / cycles[0];
                constexpr double kMegahertzBytesPerGigabyte = 1e-3;
                constexpr double kMegahertzBytesPerTerabyte = 1e-6;
                return {
                    {"bytes_per_cycle", rate},
                    {"bytes_per_cycle_per_sm", rate / spec.sms},
                    {"gigabytes_per_second", rate * spec.clock_mhz * kMegahertzBytesPerGigabyte},
                    {"terabytes_per_second", rate * spec.clock_mhz * kMegahertzBytesPerTerabyte}};
            }};
}

}  // namespace sptc::timing
