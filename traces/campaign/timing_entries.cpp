#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "models/base/sha256.hpp"
#include "traces/campaign/prepare.hpp"
#include "traces/cuda/campaign.hpp"
#include "traces/microbench/async_copy_loop.hpp"
#include "traces/microbench/global_chase.hpp"
#include "traces/microbench/mma_loop.hpp"
#include "traces/microbench/shared_chase.hpp"
#include "traces/microbench/stream_loop.hpp"
#include "traces/microbench/strided_loop.hpp"
#include "traces/microbench/sync_loop.hpp"

namespace sptc::campaign {
namespace {

using fmt::format;
using Json = nlohmann::json;
using microbench::CacheOperator;
using microbench::Microbenchmark;

constexpr std::uint32_t kSms = 108;  // of an A100; more SMs leave some idle
constexpr std::uint64_t kMebi = 1 << 20;

constexpr std::string_view kEmptyKernel = R"(// What a launch takes besides its kernel.
.version 7.0
.target sm_80
.address_size 64
.visible .entry empty()
{
    ret;
}
)";
constexpr std::string_view kEmptyLaunch =
    R"({"schema": "sptc.launch/1", "entry": "empty", "grid": [1], "block": [32]}
)";

/// How often the timed loop of two runs goes round; fewer = 0: one run, from cold caches.
struct Iterations {
    std::uint32_t fewer;
    std::uint32_t more;
};

/// Every kernel of the benchmark once for each run; the clocks of the second lie behind the first.
std::string launch_text(Microbenchmark benchmark, Iterations iterations) {
    const launch::Launch& one = benchmark.launch;
    const std::uint64_t clock_bytes = one.buffers.front().bytes;
    Json launches = Json::array();
    const auto add = [&](const launch::KernelLaunch& kernel, std::uint32_t count,
                         std::uint64_t clocks_at) {
        launch::Launch single;
        static_cast<launch::KernelLaunch&>(single) = kernel;
        const bool timed = &kernel == &benchmark.timed();
        if (timed) {
            single.arguments[microbench::kIterationsArgument] =
                launch::ScalarArgument{"u32", count};
            std::get<launch::BufferArgument>(single.arguments.front()).offset_bytes = clocks_at;
        }
        Json json = Json::parse(launch::launch_text(single));
        for (const char* key : {"schema", "buffers", "outputs"}) json.erase(key);
        launches.push_back(std::move(json));
    };
    const auto add_run = [&](std::uint32_t count, std::uint64_t clocks_at) {
        add(one, count, clocks_at);
        for (const launch::KernelLaunch& next : one.next) add(next, count, clocks_at);
    };
    if (iterations.fewer != 0) add_run(iterations.fewer, 0);
    add_run(iterations.more, iterations.fewer != 0 ? clock_bytes : 0);
    launch::Launch buffers;
    buffers.buffers = one.buffers;
    if (iterations.fewer != 0) buffers.buffers.front().bytes *= 2;
    Json document = Json::parse(launch::launch_text(buffers));
    return Json{{"schema", launch::kSchema},
                {"launches", std::move(launches)},
                {"buffers", document["buffers"]},
                {"outputs", {microbench::kClocks}}}
               .dump() +
           "\n";
}

void add_loop(Writer& writer, const std::string& name, const Microbenchmark& benchmark,
              Iterations iterations, int architecture = 80) {
    cuda::CampaignEntry entry;
    entry.name = "timing/" + name;
    entry.group = "timing";
    entry.kernel = format("timing/{}.ptx", base::sha256_hex(benchmark.ptx).substr(0, 16));
    entry.launch = entry.name + ".json";
    entry.architecture = architecture;
    entry.loop.buffer = microbench::kClocks;
    entry.loop.warps_per_cta = static_cast<std::uint32_t>(
        (benchmark.timed().block.count() + isa::kLanes - 1) / isa::kLanes);
    entry.loop.fewer = iterations.fewer;
    entry.loop.more = iterations.more;
    writer.add_text(entry.kernel, benchmark.ptx);
    writer.add_text(entry.launch, launch_text(benchmark, iterations));
    writer.add_entry(std::move(entry));
}

void add_mma(Writer& writer, const PrepareOptions& options) {
    const isa::Architecture& newest = isa::find_architecture(options.architecture);
    for (const isa::MmaForm& form : isa::mma_forms()) {
        const isa::Architecture* least = least_architecture(form, newest);
        if (least == nullptr) continue;
        if (options.quick && !form.sparse()) continue;
        std::string words = form.ptx_name();
        for (char& c : words) c = c == '.' || c == ':' ? '_' : c;
        for (const std::uint32_t warps : {1u, 2u, 4u, 8u, 16u, 32u}) {
            for (std::uint32_t ilp = 1; ilp <= 4; ++ilp) {
                if (options.quick && (warps != 4 || ilp != 2)) continue;
                const microbench::MmaLoop loop{&form, isa::MetadataOrdering::kOrdered, warps, ilp};
                add_loop(writer, format("mma/{}_w{}_ilp{}", words, warps, ilp),
                         microbench::write(loop, *least), {32, 160}, least->number);
            }
        }
    }
}

void add_shared(Writer& writer, const isa::Architecture& target) {
    for (const std::uint32_t warps : {1u, 4u, 8u, 32u}) {
        for (const std::uint32_t ilp : {1u, 2u, 4u}) {
            for (const std::uint32_t matrices : {1u, 2u, 4u}) {
                add_loop(
                    writer, format("ldmatrix/x{}_w{}_ilp{}", matrices, warps, ilp),
                    write(
                        microbench::LdmatrixChase{.matrices = matrices, .warps = warps, .ilp = ilp},
                        target),
                    {32, 160});
            }
        }
        for (const std::uint32_t ways : {1u, 2u, 4u, 8u, 16u, 32u}) {
            add_loop(writer, format("shared/u32_{}way_w{}", ways, warps),
                     write(microbench::SharedChase{.conflict_ways = ways, .warps = warps}, target),
                     {32, 160});
        }
    }
    for (const std::uint32_t bits : {64u, 128u}) {
        add_loop(writer, format("shared/b{}_w1", bits),
                 write(microbench::SharedChase{.bits = bits}, target), {32, 160});
    }
    for (const std::uint32_t ways : {2u, 4u, 8u}) {
        add_loop(writer, format("ldmatrix/x4_{}way_w1", ways),
                 write(microbench::LdmatrixChase{.matrices = 4, .conflict_ways = ways}, target),
                 {32, 160});
    }
}

void add_synchronisation(Writer& writer, const isa::Architecture& target) {
    using microbench::SyncOperation;
    constexpr std::pair<std::string_view, SyncOperation> kOperations[] = {
        {"syncthreads", SyncOperation::kThreads},
        {"syncwarp", SyncOperation::kWarp},
        {"shuffle", SyncOperation::kShuffle}};
    for (const auto& [name, operation] : kOperations) {
        for (const std::uint32_t warps : {1u, 2u, 4u, 8u, 16u, 32u}) {
            for (const std::uint32_t operations : {1u, 5u}) {
                add_loop(writer, format("sync/{}_w{}_x{}", name, warps, operations),
                         write(microbench::SyncLoop{.operation = operation,
                                                    .threads = warps * isa::kLanes,
                                                    .operations = operations},
                               target),
                         {32, 160});
            }
        }
    }
}

void add_copies(Writer& writer, const isa::Architecture& target) {
    const struct {
        const char* name;
        CacheOperator cache;
        bool moves;
        Iterations iterations;
    } kLevels[] = {{"l1", CacheOperator::kAll, false, {8, 40}},
                   {"l2", CacheOperator::kGlobal, false, {8, 40}},
                   {"dram", CacheOperator::kGlobal, true, {0, 40}}};
    for (const auto& level : kLevels) {
        for (const std::uint32_t warps : {1u, 8u}) {
            for (const std::uint32_t ilp : {1u, 4u}) {
                const microbench::AsyncCopyLoop loop{.bytes = 16,
                                                     .cache = level.cache,
                                                     .moves = level.moves,
                                                     .warps = warps,
                                                     .ilp = ilp,
                                                     .most_iterations = level.iterations.more};
                add_loop(writer, format("cp_async/{}_w{}_ilp{}", level.name, warps, ilp),
                         write(loop, target), level.iterations);
            }
        }
    }
}

void add_memory(Writer& writer, const isa::Architecture& target, bool quick) {
    add_loop(writer, "latency/l1_32K",
             write(microbench::GlobalChase{.cache = CacheOperator::kAll, .bits = 64}, target),
             {64, 512});
    add_loop(writer, "latency/l2_1M",
             write(
                 microbench::GlobalChase{
                     .cache = CacheOperator::kGlobal, .footprint_bytes = kMebi, .bits = 64},
                 target),
             {512, 4096});
    for (const std::uint32_t stride : {1u, 2u, 3u, 4u, 8u, 16u, 32u}) {
        add_loop(writer, format("l1_stride/f32_{}", stride),
                 write(microbench::StridedLoop{.stride = stride}, target), {4, 12});
    }
    if (quick) return;
    add_loop(writer, "latency/dram_256M",
             write(microbench::GlobalChase{.cache = CacheOperator::kGlobal,
                                           .footprint_bytes = 256 * kMebi,
                                           .stride_bytes = 64 * 1024,
                                           .warm_passes = 0,
                                           .bits = 64},
                   target),
             {0, 1024});
    const auto stream = [&](const char* name, CacheOperator cache, std::uint32_t steps, bool warm,
                            Iterations iterations) {
        add_loop(writer, format("bandwidth/{}", name),
                 write(microbench::StreamLoop{.cache = cache,
                                              .bits = 128,
                                              .ctas = kSms,
                                              .threads = 512,
                                              .segment_steps = steps,
                                              .warm = warm},
                       target),
                 iterations);
    };
    stream("l1", CacheOperator::kAll, 2, true, {4, 12});
    stream("l2", CacheOperator::kGlobal, 4, true, {4, 12});
    stream("dram", CacheOperator::kGlobal, 16, false, {0, 16});
}

}  // namespace

void add_timing(Writer& writer, const PrepareOptions& options) {
    cuda::CampaignEntry entry;
    entry.name = "timing/empty";
    entry.group = "timing";
    entry.kernel = "timing/empty.ptx";
    entry.launch = "timing/empty.json";
    entry.architecture = 80;
    entry.timing = {10, 31};
    writer.add_text(entry.kernel, std::string(kEmptyKernel));
    writer.add_text(entry.launch, std::string(kEmptyLaunch));
    writer.add_entry(std::move(entry));
    const isa::Architecture& target = isa::find_architecture("sm_80");
    add_mma(writer, options);
    add_memory(writer, target, options.quick);
    if (options.quick) return;
    add_shared(writer, target);
    add_synchronisation(writer, target);
    add_copies(writer, target);
}

}  // namespace sptc::campaign
