#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "models/base/error.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/numerics_options.hpp"
#include "sim/commands/version.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/progress.hpp"
#include "sim/run/simulated_gpu.hpp"
#include "traces/campaign/prepare.hpp"
#include "traces/cuda/record.hpp"

namespace sptc::commands {
namespace {

void prepare(const std::string& folder, campaign::PrepareOptions options) {
    options.sptc_version = kVersion;
    const cuda::Campaign campaign = campaign::prepare(folder, options);
    fmt::print("{}: {} entries; record them with scripts/gpu-record, or sptc-gpu record {} OUT\n",
               folder, campaign.entries.size(), folder);
}

struct SimulateOptions {
    std::string campaign;
    std::string out;
    std::string gpu = "a100";
    NumericsOptions numerics{.metadata = "hardware", .partition = {}};  // P6 has illegal codes
};

int simulate(const SimulateOptions& options) {
    gpu::GpuSpec spec = run::load_gpu(options.gpu);
    options.numerics.apply(spec.sm.tensor_core);
    run::SimulatedGpu gpu(std::move(spec), std::string(kVersion));
    run::Progress progress("record simulate");
    cuda::RecordOptions record;
    record.minutes = 1e9;
    record.progress = [&](double done, std::string_view entry) { progress.update(done, entry); };
    const cuda::Recording recording =
        cuda::record_campaign(gpu, options.campaign, options.out, record);
    std::size_t answered = 0;
    for (const cuda::Answer& answer : recording.answers) {
        if (answer.answered()) {
            ++answered;
        } else {
            fmt::print("{}: {}\n", answer.name, answer.problem);
        }
    }
    fmt::print("{}: {} of {} entries simulated on {}\n", options.out, answered,
               recording.answers.size(), recording.device.model);
    return answered > 0 ? kSuccess : kInputError;
}

void add_prepare(CLI::App& verb) {
    auto options = std::make_shared<campaign::PrepareOptions>();
    auto folder = std::make_shared<std::string>();
    CLI::App* prepare_verb =
        verb.add_subcommand("prepare", "Write a campaign: kernels and launch files to record");
    prepare_verb->add_option("DIR", *folder, "Folder to write")->required()->type_name("");
    prepare_verb->add_option("--arch", options->architecture, "The newest GPU that is asked")
        ->capture_default_str();
    prepare_verb
        ->add_option("--instructions", options->instructions,
                     "Random instructions of each form, in nine input classes")
        ->check(CLI::Range(9u, 1'000'000u))
        ->capture_default_str();
    prepare_verb->add_option("--seed", options->seed, "Of the operands")->capture_default_str();
    prepare_verb->add_option("--corpus", options->corpus,
                             "Folder of kernels with launch files; may be given again");
    prepare_verb->add_flag("--quick", options->quick, "A few of everything, to try it");
    prepare_verb->callback([options, folder] { prepare(*folder, *options); });
}

void add_simulate(CLI::App& verb, int& exit_code) {
    auto options = std::make_shared<SimulateOptions>();
    CLI::App* simulate_verb =
        verb.add_subcommand("simulate", "Record what the simulator answers, as a GPU would");
    simulate_verb->add_option("CAMPAIGN", options->campaign, "A campaign")
        ->required()
        ->type_name("");
    simulate_verb->add_option("OUT", options->out, "Folder to write")->required()->type_name("");
    simulate_verb
        ->add_option("--gpu", options->gpu, "GPU name (sptc list gpus) or description file")
        ->capture_default_str();
    options->numerics.add_to(*simulate_verb);
    simulate_verb->callback([options, &exit_code] { exit_code = simulate(*options); });
}

}  // namespace

void add_record(CLI::App& app, int& exit_code) {
    CLI::App* verb =
        app.add_subcommand("record", "Prepare what a real GPU is asked (docs/recording.md)");
    verb->footer(
        "Examples:\n"
        "  sptc record prepare campaign --corpus tests/kernels\n"
        "  sptc record simulate campaign recording");
    verb->require_subcommand(1);
    add_prepare(*verb);
    add_simulate(*verb, exit_code);
}

}  // namespace sptc::commands
