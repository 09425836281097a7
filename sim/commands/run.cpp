#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/cost_options.hpp"
#include "sim/commands/gpu_options.hpp"
#include "sim/commands/look_inside_options.hpp"
#include "sim/commands/numerics_options.hpp"
#include "sim/commands/profile_option.hpp"
#include "sim/commands/sanitize_options.hpp"
#include "sim/commands/threads_option.hpp"
#include "sim/commands/version.hpp"
#include "sim/report/launch_report.hpp"
#include "sim/report/sanitizer_report.hpp"
#include "sim/run/launch_run.hpp"
#include "sim/run/sanitized_run.hpp"

namespace sptc::commands {
namespace {

struct Options {
    std::string kernel;
    std::string launch;
    GpuOptions gpu;
    CostOptions cost;
    ProfileOption profile;
    ThreadsOption threads;
    LookInsideOptions inside;
    NumericsOptions numerics;
    std::string values = "on";
    std::string lowering = "on";
    std::string out;
    std::string json;
    std::string save_trace;
    std::uint64_t max_cycles = 0;
    bool no_check = false;
    SanitizeOptions sanitize;
};

int run_command(const Options& options) {
    const std::optional<cost::Profile> cost = options.cost.load();
    run::LaunchRequest request;
    request.gpu = options.gpu.load();
    options.numerics.apply(request.gpu.sm.tensor_core);
    request.ptx_file = options.kernel;
    request.launch_file = options.launch;
    request.values = options.values == "on" ? launch::Values::kOn : launch::Values::kOff;
    request.lowering =
        options.lowering == "on" ? lowering::Lowering::kOn : lowering::Lowering::kOff;
    request.out_directory = options.out;
    request.trace_file = options.save_trace;
    request.check = !options.no_check;
    request.options.profile = options.profile.wanted();
    options.threads.apply(request.options);
    options.profile.require_writable();
    options.inside.apply(request.options);
    if (options.max_cycles != 0) request.options.cycle_limit = options.max_cycles;
    for (const std::string& file : {options.json, options.save_trace}) {
        if (!file.empty()) base::require_writable(file);
    }
    request.printed_before_failure = [](const std::vector<std::string>& lines) {
        for (const std::string& line : lines) fmt::print("{}\n", line);
        std::fflush(stdout);  // the error comes behind it
    };
    const cost::Profile* costs = cost ? &*cost : nullptr;
    sanitize::Sanitizer sanitizer = options.sanitize.make(request.values);
    request.sanitizer = &sanitizer;
    run::LaunchResult result;
    try {
        result = run::sanitized(sanitizer, [&] { return run::run_launch(request); });
    } catch (const base::Error& error) {
        report_failed_run(sanitizer, options.json, report::kLaunchSchema, error.what());
        throw;
    }
    if (!options.json.empty())
        base::write_text(options.json, report::launch_json(result, kVersion, &sanitizer, costs));
    fmt::print("{}{}", report::launch_table(result, costs), report::sanitizer_text(sanitizer));
    options.profile.write(profiled_kernels(result));
    options.inside.write(profiled_kernels(result), result.gpu);
    if (result.mismatched()) return kMismatch;
    return sanitizer.findings().empty() ? kSuccess : kFindings;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<Options>();
    CLI::App* run = app.add_subcommand("run", "Execute and time a PTX kernel with a launch file");
    run->add_option("kernel", options->kernel, "KERNEL.ptx")->required();
    run->add_option("--launch", options->launch, "LAUNCH.json (docs/launch_format.md)")->required();
    options->gpu.add_to(*run);
    options->cost.add_to(*run);
    options->profile.add_to(*run);
    options->threads.add_to(*run);
    options->inside.add_to(*run);
    options->numerics.add_to(*run);
    run->add_option("--values", options->values, "Compute data, or only what cycles depend on")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    run->add_option("--lowering", options->lowering,
                    "Time the machine operations that the PTX becomes, or the PTX as written")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    run->add_option("--out", options->out, "Write the launch file's outputs into this directory");
    run->add_option("--json", options->json, "Write the result to this file");
    run->add_option("--save-trace", options->save_trace,
                    "Write the executed instructions to this file, for sptc replay");
    run->add_flag("--no-check", options->no_check,
                  "Do not compare outputs with the files that the launch file expects");
    run->add_option("--max-cycles", options->max_cycles,
                    "Stop a kernel that runs longer (default: no limit)");
    options->sanitize.add_to(*run);
    run->footer(
        "Examples:\n"
        "  sptc gemm --m 256 --n 256 --k 256 --values on --emit-ptx kernels\n"
        "  sptc run kernels/KERNEL.ptx --launch kernels/KERNEL.launch.json --out results");
    run->callback([options, &exit_code] { exit_code = run_command(*options); });
}

}  // namespace sptc::commands
