#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>

#include "models/base/error.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/inspect_recording.hpp"
#include "sim/commands/numerics_options.hpp"
#include "sim/commands/version.hpp"
#include "sim/report/recording_table.hpp"
#include "sim/run/check_recording.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/gpu_document.hpp"
#include "sim/run/progress.hpp"
#include "sim/run/simulated_gpu.hpp"

namespace sptc::commands {
namespace {

struct Options {
    std::string recording;
    std::string gpu;
    NumericsOptions numerics{.metadata = "hardware", .partition = {}};  // P6 has illegal codes
    bool rows = false;
    run::CheckOptions check;
};

/// The description of the GPU that was recorded; bits need only its architecture.
gpu::GpuSpec recorded_gpu(const cuda::DeviceInfo& device) {
    const std::string arch = fmt::format("sm_{}", device.compute_capability);
    const std::string& wanted = device.model.empty() ? device.name : device.model;
    std::optional<gpu::GpuSpec> alike;
    for (const std::string& name : run::gpu_names()) {
        gpu::GpuSpec spec = run::load_gpu(name);
        // "NVIDIA A100-SXM4-40GB", as the driver says, or the name of a description.
        if (spec.name == wanted || spec.description.starts_with(wanted)) return spec;
        if (!alike || spec.arch == arch) alike = std::move(spec);
    }
    if (alike->arch !=
        arch) {  // an architecture without a description: its arithmetic all the same
        (void)isa::find_architecture(arch);
        alike->arch = arch;
        alike->sm.tensor_core.arch = arch;
    }
    fmt::print("no description of \"{}\": timed as {} (choose with --gpu)\n", wanted, alike->name);
    return *alike;
}

int check(const Options& options) {
    const cuda::DeviceInfo device = cuda::read_recording(options.recording).device;
    gpu::GpuSpec spec = options.gpu.empty() ? recorded_gpu(device) : run::load_gpu(options.gpu);
    options.numerics.apply(spec.sm.tensor_core);
    run::SimulatedGpu gpu(std::move(spec), std::string(kVersion));
    run::Progress progress("check");
    run::CheckOptions wanted = options.check;
    wanted.progress = [&](double done, std::string_view entry) { progress.update(done, entry); };
    const run::RecordingCheck result = run::check_recording(options.recording, gpu, wanted);
    fmt::print("{}", report::check_table(result, options.rows ? report::TimingRows::kAll
                                                              : report::TimingRows::kSummary));
    return result.agrees() ? kSuccess : kMismatch;
}

}  // namespace

bool is_recording(const std::string& path) {
    return std::filesystem::exists(std::filesystem::path(path) / cuda::kRecordingFile);
}

void inspect_recording(const std::string& path) {
    fmt::print("{}", report::recording_table(run::read_content(path)));
}

void add_check(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<Options>();
    CLI::App* verb =
        app.add_subcommand("check", "Compare the simulator with what a real GPU answered");
    verb->add_option("RECORDING", options->recording, "A folder with recording.json")
        ->required()
        ->type_name("");
    verb->add_option("--only", options->check.only, "One group: numerics, timing or gemm")
        ->check(CLI::IsMember({"numerics", "timing", "gemm"}));
    static const std::map<std::string, run::Half> kHalves{{"even", run::Half::kEven},
                                                          {"odd", run::Half::kOdd}};
    verb->add_option("--half", options->check.half,
                     "Half of the entries, by a digest of their names: even or odd")
        ->transform(CLI::CheckedTransformer(kHalves))
        ->option_text("even|odd");
    verb->add_option("--stride", options->check.stride, "Only every N-th entry of a group")
        ->check(CLI::Range(1u, 1'000'000u))
        ->capture_default_str();
    verb->add_option("--gpu", options->gpu,
                     "GPU name or description file (default: the one that was recorded)");
    options->numerics.add_to(*verb);
    verb->add_flag("--rows", options->rows, "Print every timing row");
    verb->footer(
        "Exit code 1 when a bit differs or an entry is damaged.\n"
        "Examples:\n"
        "  sptc check traces/recorded/h200\n"
        "  sptc check traces/recorded/h200 --only timing --rows\n"
        "  sptc check traces/recorded/h200 --only timing --half odd");
    verb->callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace sptc::commands
