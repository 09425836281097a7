#include "sim/run/launch_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/run/device_capacity.hpp"
#include "sim/run/kernel_run.hpp"
#include "sim/run/thread_choice.hpp"
#include "sim/run/trace_run.hpp"
#include "traces/launch/launch.hpp"
#include "traces/launch/output_writer.hpp"
#include "traces/ptx/output_exactness.hpp"
#include "traces/ptx/print_buffer.hpp"
#include "traces/ptx/source.hpp"

namespace sptc::run {
namespace {

/// Throws KernelError "file:line: ..." for an N:M form that the tensor cores cannot take.
void require_datapaths(const ptx::Program& program, const tensor_core::TensorCoreSpec& spec) {
    for (const isa::Instruction& instruction : program.instructions) {
        if (instruction.mma == nullptr) continue;
        try {
            tensor_core::require_datapath(spec, *instruction.mma);
        } catch (const base::ConfigError& problem) {
            throw base::KernelError(
                fmt::format("{}:{}: {}", program.file, instruction.line, problem.what()));
        }
    }
}

std::vector<std::string> write_outputs(const launch::Launch& launch,
                                       const launch::DeviceMemory& memory,
                                       const std::string& directory) {
    std::vector<std::string> written;
    for (const std::string& name : launch.outputs) {
        written.push_back(launch::write_output(launch, name, memory.content(name), directory));
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
    require_datapaths(*program, request.gpu.sm.tensor_core);
    launch::Launch single;
    static_cast<launch::KernelLaunch&>(single) = kernel;
    const auto source =
        ptx::make_source(program, single, memory, request.values, request.gpu.sms, &state.printed,
                         request.sanitizer != nullptr ? request.sanitizer->observer() : nullptr);
    if (request.check) state.exactness.add(*written, kernel, state.buffers);
    trace.not_lowered = lowering::not_lowered(request.lowering, *program);
    gpu::RunOptions options = state.options;
    choose_threads(options, {*written, *program, kernel, state.buffers, request.values,
                             request.sanitizer, !trace.file.empty()});
    gpu::KernelResult result =
        simulate_and_save(request.gpu, gpu::SimulatedSms::kAll, *source, *program, options, trace);
    state.options = options_after(std::move(state.options), result);
    return result;
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
    require_device_memory(request.gpu, launch.buffers);
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
