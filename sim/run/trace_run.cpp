#include "sim/run/trace_run.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "models/base/error.hpp"
#include "models/base/sha256.hpp"
#include "models/isa/architecture.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/kernel_run.hpp"
#include "traces/file/recording_source.hpp"
#include "traces/file/replay_source.hpp"

namespace sptc::run {
namespace {

constexpr std::string_view kRepresentative = "representative";

std::string file_name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

trace_file::TraceHeader header_of(const gpu::GpuSpec& spec, gpu::SimulatedSms sms,
                                  const isa::KernelShape& shape, const TraceOutput& trace) {
    trace_file::TraceHeader header;
    header.origin.kernel_file = file_name(trace.kernel_file);
    header.origin.kernel_sha256 = base::sha256_hex(trace.kernel_text);
    header.origin.launch_file = file_name(trace.launch_file);
    header.origin.launch_sha256 = base::sha256_hex(trace.launch_text);
    header.origin.gpu = spec.name;
    header.origin.sms = spec.sms;
    header.origin.simulated_sms = sms == gpu::SimulatedSms::kAll ? "all" : kRepresentative;
    header.shape = shape;
    header.shape.not_lowered = trace.not_lowered;
    return header;
}

/// Puts all that an execution may show into the table, and says where it stands there.
trace_file::RecordedProgram add_program(const ptx::Program& program,
                                        trace_file::InstructionTable& table) {
    trace_file::RecordedProgram recorded{program.instructions, {}};
    for (std::size_t i = 0; i < program.instructions.size(); ++i) {
        table.add(program.instructions[i], program.texts[i]);
    }
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        if (program.ops[i].space != ptx::Space::kGeneric) continue;
        const ptx::GenericTwins& twins = program.generic_twins[program.ops[i].detail];
        for (const isa::Instruction* twin : {&twins.shared, &twins.constant}) {
            recorded.twins.emplace(twin, static_cast<std::uint32_t>(table.size()));
            table.add_twin(*twin, i);
        }
    }
    return recorded;
}

gpu::GpuSpec gpu_of(const ReplayRequest& request, const trace_file::TraceHeader& header) {
    if (!request.gpu.empty()) return load_gpu(request.gpu, request.gpu_overrides);
    try {
        return load_gpu(header.origin.gpu, request.gpu_overrides);
    } catch (const base::ConfigError& problem) {
        throw base::ConfigError(
            fmt::format("{}: recorded on a GPU that is not known here ({}): give one with --gpu",
                        request.trace_file, problem.what()));
    }
}

void require_forms(const trace_file::TraceHeader& header, const gpu::GpuSpec& spec) {
    const isa::Architecture& architecture = isa::find_architecture(spec.arch);
    for (std::size_t i = 0; i < header.instructions.size(); ++i) {
        const isa::Instruction& instruction = header.instructions[i];
        if (instruction.mma == nullptr) continue;
        try {
            isa::require_form(architecture, *instruction.mma);
            tensor_core::require_datapath(spec.sm.tensor_core, *instruction.mma);
        } catch (const base::ConfigError& problem) {
            throw base::KernelError(fmt::format("{}:{}: {}", header.origin.kernel_file,
                                                instruction.line, problem.what()));
        }
    }
}

}  // namespace

gpu::KernelResult simulate_and_save(const gpu::GpuSpec& spec, gpu::SimulatedSms sms,
                                    isa::InstructionSource& source, const ptx::Program& program,
                                    const gpu::RunOptions& options, const TraceOutput& trace) {
    if (trace.file.empty()) {
        gpu::KernelResult result = simulate(spec, sms, source, options);
        result.shape.not_lowered = trace.not_lowered;
        return result;
    }
    trace_file::TraceHeader header = header_of(spec, sms, source.shape(), trace);
    const trace_file::RecordedProgram recorded = add_program(program, header.instructions);
    trace_file::TraceWriter writer(trace.file, std::move(header));
    trace_file::RecordingSource recording(source, recorded, writer);
    gpu::KernelResult result = simulate(spec, sms, recording, options);
    writer.commit();
    result.shape.not_lowered = trace.not_lowered;
    return result;
}

LaunchResult run_replay(const ReplayRequest& request) {
    const auto begin = std::chrono::steady_clock::now();
    const trace_file::TraceReader trace(request.trace_file);
    const trace_file::TraceHeader& header = trace.header();
    LaunchResult result;
    result.gpu = gpu_of(request, header);
    require_forms(header, result.gpu);
    const gpu::SimulatedSms recorded = header.origin.simulated_sms == kRepresentative
                                           ? gpu::SimulatedSms::kRepresentative
                                           : gpu::SimulatedSms::kAll;
    trace_file::ReplaySource source(trace);
    result.simulations.push_back(
        simulate(result.gpu, request.sms.value_or(recorded), source, request.options));
    result.wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

}  // namespace sptc::run
