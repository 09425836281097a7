#include "sim/run/microbench_run.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "models/base/error.hpp"
#include "sim/run/kernel_run.hpp"
#include "sim/run/thread_choice.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/lowering/lowering.hpp"
#include "traces/ptx/program.hpp"
#include "traces/ptx/source.hpp"

namespace sptc::run {
namespace {

void run_kernel(const gpu::GpuSpec& spec, const microbench::Microbenchmark& benchmark,
                const launch::KernelLaunch& kernel, launch::DeviceMemory& memory,
                const MicrobenchOptions& options) {
    const auto written = ptx::load_program(benchmark.ptx, "microbenchmark.ptx", kernel.entry);
    ptx::require_forms(*written, isa::find_architecture(spec.arch));
    const auto program = lowering::apply(options.lowering, written);
    launch::Launch single;
    static_cast<launch::KernelLaunch&>(single) = kernel;
    const auto source = ptx::make_source(program, single, memory, launch::Values::kOn, spec.sms);
    gpu::RunOptions run_options;
    run_options.threads = options.threads;
    choose_threads(run_options, {*written, *program, kernel, benchmark.launch.buffers,
                                 launch::Values::kOn, nullptr, false});
    (void)simulate(spec, options.sms, *source, run_options);
}

double longest_warp(const std::vector<WarpClock>& clocks) {
    base::Cycle longest = 0;
    for (const WarpClock& warp : clocks) longest = std::max(longest, warp.end - warp.begin);
    return static_cast<double>(longest);
}

}  // namespace

std::vector<WarpClock> warp_clocks(const gpu::GpuSpec& spec, microbench::Microbenchmark& benchmark,
                                   std::uint32_t iterations, const MicrobenchOptions& options) {
    benchmark.set_iterations(iterations);
    launch::DeviceMemory memory(benchmark.launch.buffers, launch::Values::kOn);
    run_kernel(spec, benchmark, benchmark.launch, memory, options);
    for (const launch::KernelLaunch& kernel : benchmark.launch.next)
        run_kernel(spec, benchmark, kernel, memory, options);
    const auto content = memory.content(std::string(microbench::kClocks));
    std::vector<WarpClock> clocks(content.size() / sizeof(WarpClock));
    static_assert(sizeof(WarpClock) == 2 * sizeof(std::uint64_t));
    std::memcpy(clocks.data(), content.data(), content.size());
    return clocks;
}

base::Cycle longest_cta(const std::vector<WarpClock>& clocks, std::uint32_t warps_per_cta) {
    base::Cycle longest = 0;
    for (std::size_t first = 0; first < clocks.size(); first += warps_per_cta) {
        base::Cycle begin = clocks[first].begin;
        base::Cycle end = clocks[first].end;
        for (std::size_t w = first; w < first + warps_per_cta; ++w) {
            begin = std::min(begin, clocks[w].begin);
            end = std::max(end, clocks[w].end);
        }
        longest = std::max(longest, end - begin);
    }
    return longest;
}

LoopTime time_loop(const gpu::GpuSpec& spec, microbench::Microbenchmark benchmark,
                   Iterations iterations, const MicrobenchOptions& options) {
    SPTC_ASSERT(iterations.fewer < iterations.more);
    if (iterations.fewer == 0)
        return {longest_warp(warp_clocks(spec, benchmark, iterations.more, options)), iterations};
    const std::uint32_t warps =
        (static_cast<std::uint32_t>(benchmark.timed().block.count()) + isa::kLanes - 1) /
        isa::kLanes;
    const auto cycles = [&](std::uint32_t count) {
        return static_cast<double>(
            longest_cta(warp_clocks(spec, benchmark, count, options), warps));
    };
    return {(cycles(iterations.more) - cycles(iterations.fewer)) /
                static_cast<double>(iterations.more - iterations.fewer),
            iterations};
}

}  // namespace sptc::run
