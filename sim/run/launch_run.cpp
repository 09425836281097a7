#include "sim/run/launch_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/run/trace_run.hpp"
#include "traces/launch/launch.hpp"
#include "traces/ptx/output_exactness.hpp"
#include "traces/ptx/print_buffer.hpp"
#include "traces/ptx/source.hpp"
#include "traces/tensor_file/npy.hpp"

namespace sptc::run {
namespace {

/// Is a buffer a whole array of elements that .npy can hold?
bool is_array(const launch::Buffer& buffer) {
    if (!buffer.type || buffer.dimensions.empty() || types::bits(*buffer.type) % 8 != 0)
        return false;
    std::uint64_t bytes = static_cast<std::uint64_t>(types::bits(*buffer.type)) / 8;
    for (const std::uint64_t extent : buffer.dimensions) bytes *= extent;
    return bytes == buffer.bytes;
}

std::string write_output(const launch::Buffer& buffer, std::span<const std::byte> content,
                         const std::filesystem::path& directory) {
    if (is_array(buffer)) {
        const std::filesystem::path path = directory / (buffer.name + ".npy");
        tensor_file::write_npy(path, *buffer.type, buffer.dimensions, content);
        return path.string();
    }
    const std::filesystem::path path = directory / (buffer.name + ".bin");
    base::write_bytes(path, content);
    return path.string();
}

std::vector<std::string> write_outputs(const launch::Launch& launch,
                                       const launch::DeviceMemory& memory,
                                       const std::string& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error)
        throw base::ConfigError(
            fmt::format("{}: cannot be created: {}", directory, error.message()));
    std::vector<std::string> written;
    for (const std::string& name : launch.outputs) {
        const auto buffer =
            std::find_if(launch.buffers.begin(), launch.buffers.end(),
                         [&name](const launch::Buffer& b) { return b.name == name; });
        SPTC_ASSERT(buffer != launch.buffers.end());
        written.push_back(write_output(*buffer, memory.content(name), directory));
    }
    return written;
}

/// What launches of one run share.
struct RunState {
    RunState(const LaunchRequest& request, const std::vector<launch::Buffer>& all)
        : memory(all, request.values), buffers(all), options(request.options) {}

    launch::DeviceMemory memory;
    const std::vector<launch::Buffer>& buffers;
    gpu::RunOptions options;  ///< of the launch that comes next
    ptx::PrintBuffer printed;
    ptx::OutputExactness exactness;
};

gpu::KernelResult run_kernel(const LaunchRequest& request, TraceOutput trace,
                             const launch::KernelLaunch& kernel, RunState& state) {
    launch::DeviceMemory& memory = state.memory;
    const auto written = ptx::load_program(trace.kernel_text, request.ptx_file, kernel.entry);
    const auto program = lowering::apply(request.lowering, written);
    ptx::require_forms(*program, isa::find_architecture(request.gpu.arch));
    launch::Launch single;
    static_cast<launch::KernelLaunch&>(single) = kernel;
    const auto source =
        ptx::make_source(program, single, memory, request.values, request.gpu.sms, &state.printed,
                         request.sanitizer != nullptr ? request.sanitizer->observer() : nullptr);
    if (request.check) state.exactness.add(*written, kernel, state.buffers);
    trace.not_lowered = lowering::not_lowered(request.lowering, *program);
    const gpu::RunOptions options = state.options;
    state.options.waveform.reset();  // of the first launch only
    return simulate_and_save(request.gpu, gpu::SimulatedSms::kAll, *source, *program, options,
                             trace);
}

}  // namespace

base::Cycle LaunchResult::cycles() const {
    base::Cycle sum = 0;
    for (const gpu::KernelResult& simulation : simulations) sum += simulation.cycles;
    return sum;
}

bool LaunchResult::mismatched() const {
    return std::any_of(checks.begin(), checks.end(),
                       [](const launch::OutputCheck& check) { return check.mismatches != 0; });
}

LaunchResult run_launch(const LaunchRequest& request) {
    if (!request.out_directory.empty() && request.values == launch::Values::kOff) {
        throw base::ConfigError("--out needs computed data: use --values on");
    }
    const auto begin = std::chrono::steady_clock::now();
    launch::Launch launch = launch::read_launch(request.launch_file);
    RunState state(request, launch.buffers);
    if (request.sanitizer != nullptr) request.sanitizer->begin(launch.buffers, state.memory);
    for (launch::Buffer& buffer : launch.buffers) buffer.data = {};
    const std::string kernel_text = base::read_text(request.ptx_file);
    if (!request.trace_file.empty() && !launch.next.empty()) {
        throw base::ConfigError("--save-trace takes a launch file of one kernel, not of several");
    }
    TraceOutput trace{request.trace_file, request.ptx_file, kernel_text, request.launch_file, {}};
    if (!trace.file.empty()) trace.launch_text = base::read_text(request.launch_file);

    LaunchResult result;
    result.gpu = request.gpu;
    const auto run = [&](const launch::KernelLaunch& kernel) {
        try {
            result.simulations.push_back(run_kernel(request, trace, kernel, state));
        } catch (...) {
            if (request.printed_before_failure)
                request.printed_before_failure(state.printed.lines());
            throw;
        }
    };
    run(launch);
    for (const launch::KernelLaunch& kernel : launch.next) run(kernel);
    result.kernel_text = kernel_text;
    result.printed = state.printed.lines();
    result.printed_dropped = state.printed.dropped();
    if (request.check && request.values == launch::Values::kOn) {
        for (const launch::Expectation& expected : launch.expectations) {
            result.checks.push_back(
                launch::check_output(expected, state.memory.content(expected.buffer)));
            const ptx::Cause* doubt = state.exactness.doubt(expected.buffer);
            if (doubt != nullptr) result.checks.back().doubt = ptx::cause_text(*doubt);
        }
    }
    if (!request.out_directory.empty())
        result.written = write_outputs(launch, state.memory, request.out_directory);
    result.wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

}  // namespace sptc::run
