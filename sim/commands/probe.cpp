#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "sim/commands/command.hpp"
#include "sim/commands/gpu_options.hpp"
#include "sim/commands/numerics_options.hpp"
#include "sim/commands/timing_probe.hpp"
#include "sim/report/probe_table.hpp"
#include "sim/run/probe_run.hpp"
#include "sim/run/progress.hpp"
#include "traces/probe/judge.hpp"
#include "traces/probe/write_campaign.hpp"

namespace sptc::commands {
namespace {

/// Outputs lie beside the probes unless --outputs says otherwise.
std::filesystem::path outputs_folder(const std::string& campaign, const std::string& outputs) {
    return outputs.empty() ? std::filesystem::path(campaign) / "outputs"
                           : std::filesystem::path(outputs);
}

struct WriteOptions {
    std::string out;
    std::string arch = "sm_80";
    probe::CampaignOptions campaign;
};

void write_numerics(const WriteOptions& options) {
    const isa::Architecture& architecture = isa::find_architecture(options.arch);
    run::Progress progress("probe numerics");
    const probe::Campaign campaign = probe::write_campaign(
        options.out, architecture, options.campaign,
        [&progress](double done, std::string_view name) { progress.update(done, name); });
    std::uint64_t instructions = 0;
    for (const probe::ProbeEntry& entry : campaign.probes) instructions += entry.instructions;
    fmt::print("{}: {} probes, {} instructions for {}\n", options.out, campaign.probes.size(),
               instructions, architecture.name);
}

struct SimulateOptions {
    std::string campaign;
    std::string outputs;
    GpuOptions gpu;
    NumericsOptions numerics{.metadata = "hardware", .partition = {}};  // P6 has illegal codes
};

int simulate(const SimulateOptions& options) {
    const std::filesystem::path outputs = outputs_folder(options.campaign, options.outputs);
    gpu::GpuSpec gpu = options.gpu.load();
    options.numerics.apply(gpu.sm.tensor_core);
    const run::CampaignRun result = run::run_campaign(options.campaign, gpu, outputs);
    for (const run::FailedProbe& failed : result.failed) {
        fmt::print("{}: {}\n", failed.probe, failed.problem);
    }
    fmt::print("{} probes executed, {} failed; outputs in {}\n", result.executed,
               result.failed.size(), outputs.string());
    return result.executed > 0 ? kSuccess : kInputError;
}

struct JudgeOptions {
    std::string campaign;
    std::string outputs;
    bool all = false;
};

int judge(const JudgeOptions& options) {
    const probe::Campaign campaign = probe::read_campaign_file(options.campaign);
    const auto verdicts =
        probe::judge(options.campaign, outputs_folder(options.campaign, options.outputs));
    fmt::print("{}", report::probe_table(
                         campaign, verdicts,
                         options.all ? report::ProbeList::kAll : report::ProbeList::kUnexplained));
    const bool settled = std::all_of(verdicts.begin(), verdicts.end(), [](const auto& verdict) {
        return verdict.explained() || verdict.observation;
    });
    return settled ? kSuccess : kMismatch;
}

void add_numerics(CLI::App& probe_verb) {
    auto options = std::make_shared<WriteOptions>();
    CLI::App* numerics =
        probe_verb.add_subcommand("numerics", "Write the probes of arithmetic, P1 to P12 and P14");
    numerics->add_option("--out", options->out, "Folder to write")->required();
    numerics->add_option("--arch", options->arch, "Architecture to ask (sm_70 to sm_120)")
        ->capture_default_str();
    numerics
        ->add_option("--instructions", options->campaign.instructions,
                     "Instructions of each form in the random probes P12 and P14")
        ->check(CLI::Range(1u, 100'000'000u))
        ->capture_default_str();
    numerics->add_option("--only", options->campaign.only, "Some probes: P1,P5")->delimiter(',');
    numerics->add_option("--seed", options->campaign.seed, "Of the random probes")
        ->capture_default_str();
    numerics->callback([options] { write_numerics(*options); });
}

void add_simulate(CLI::App& probe_verb, int& exit_code) {
    auto options = std::make_shared<SimulateOptions>();
    CLI::App* verb = probe_verb.add_subcommand("simulate", "Run a campaign's kernels as sptc run");
    verb->add_option("DIR", options->campaign, "A campaign")->required()->type_name("");
    options->gpu.add_to(*verb);
    options->numerics.add_to(*verb);
    verb->add_option("--outputs", options->outputs, "Folder for outputs (default: DIR/outputs)");
    verb->callback([options, &exit_code] { exit_code = simulate(*options); });
}

void add_judge(CLI::App& probe_verb, int& exit_code) {
    auto options = std::make_shared<JudgeOptions>();
    CLI::App* verb =
        probe_verb.add_subcommand("judge", "Compare outputs with what each hypothesis predicts");
    verb->add_option("DIR", options->campaign, "A campaign")->required()->type_name("");
    verb->add_option("--outputs", options->outputs, "Folder of outputs (default: DIR/outputs)");
    verb->add_flag("--all", options->all, "List every probe, not only unexplained ones");
    verb->callback([options, &exit_code] { exit_code = judge(*options); });
}

}  // namespace

void add_probe(CLI::App& app, int& exit_code) {
    CLI::App* verb =
        app.add_subcommand("probe", "Microbenchmark kernels that ask a GPU how it works");
    verb->footer(
        "Examples:\n"
        "  sptc probe numerics --out campaign --arch sm_80\n"
        "  sptc probe simulate campaign\n"
        "  sptc probe judge campaign\n"
        "  sptc probe mma --op mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 --warps 1,8 --ilp "
        "1-3\n"
        "  sptc probe l2 --gpu a100 --footprint 1M");
    verb->require_subcommand(1);
    add_numerics(*verb);
    add_simulate(*verb, exit_code);
    add_judge(*verb, exit_code);
    add_timing_probes(*verb);
}

}  // namespace sptc::commands
