#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "models/base/file.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/gpu_options.hpp"
#include "sim/commands/look_inside_options.hpp"
#include "sim/commands/profile_option.hpp"
#include "sim/commands/threads_option.hpp"
#include "sim/commands/version.hpp"
#include "sim/report/launch_report.hpp"
#include "sim/run/trace_run.hpp"

namespace sptc::commands {
namespace {

struct Options {
    std::string trace;
    ProfileOption profile;
    ThreadsOption threads;
    LookInsideOptions inside;
    GpuOptions gpu{.name = "", .clock_mhz = {}, .changes = {}};
    std::string sms;
    std::string json;
    std::uint64_t max_cycles = 0;
};

int replay_command(const Options& options) {
    if (!options.json.empty()) base::require_writable(options.json);
    run::ReplayRequest request;
    request.trace_file = options.trace;
    request.gpu = options.gpu.name;
    request.gpu_overrides = options.gpu.overrides();
    if (!options.sms.empty()) {
        request.sms =
            options.sms == "all" ? gpu::SimulatedSms::kAll : gpu::SimulatedSms::kRepresentative;
    }
    request.options.profile = options.profile.wanted();
    options.threads.apply(request.options);
    options.profile.require_writable();
    options.inside.apply(request.options);
    if (options.max_cycles != 0) request.options.cycle_limit = options.max_cycles;
    const run::LaunchResult result = run::run_replay(request);
    if (!options.json.empty())
        base::write_text(options.json, report::launch_json(result, kVersion));
    fmt::print("{}", report::launch_table(result));
    options.profile.write(profiled_kernels(result));
    options.inside.write(profiled_kernels(result), result.gpu);
    return kSuccess;
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<Options>();
    CLI::App* replay =
        app.add_subcommand("replay", "Time a saved trace without executing the kernel");
    replay->add_option("trace", options->trace, "A file of --save-trace (docs/trace_format.md)")
        ->required();
    options->profile.add_to(*replay);
    options->threads.add_to(*replay);
    options->inside.add_to(*replay);
    options->gpu.add_to(*replay, " (default: the one of the recording)");
    replay
        ->add_option("--sms", options->sms,
                     "all: every SM; representative: one SM, the others only send their memory "
                     "traffic\n(default: as recorded)")
        ->check(CLI::IsMember({"all", "representative"}));
    replay->add_option("--json", options->json, "Write the result to this file");
    replay->add_option("--max-cycles", options->max_cycles,
                       "Stop a kernel that runs longer (default: no limit)");
    replay->footer(
        "Examples:\n"
        "  sptc gemm --m 512 --n 512 --k 512 --sms all --save-trace gemm.trace\n"
        "  sptc replay gemm.trace --json result.json\n"
        "  sptc inspect gemm.trace --cta 0 --warp 1 --limit 20");
    replay->callback([options, &exit_code] { exit_code = replay_command(*options); });
}

}  // namespace sptc::commands
