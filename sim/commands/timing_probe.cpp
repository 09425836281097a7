#include "sim/commands/timing_probe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "models/base/file.hpp"
#include "models/isa/mma.hpp"
#include "sim/commands/threads_option.hpp"
#include "sim/commands/version.hpp"
#include "sim/report/timing_report.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/timing/timing_probe.hpp"

namespace sptc::commands {
namespace {

using Values = std::map<std::string, std::string>;

struct Options {
    std::string gpu = "a100";
    std::string json;
    std::string lowering = "on";
    ThreadsOption threads;
    Values given;  ///< as typed: "1,2,4-8"
};

/// What a typed value stands for; `all` operations are those of the architecture.
std::vector<std::string> values_of(const timing::ParameterSpec& spec, const std::string& typed,
                                   const gpu::GpuSpec& gpu) {
    if (spec.name != "op" || !spec.choices.empty() || typed != "all")
        return timing::expand_values(spec, typed);
    std::vector<std::string> all;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        if (isa::has_form(isa::find_architecture(gpu.arch), form)) all.push_back(form.ptx_name());
    }
    return all;
}

/// Every combination of the values, the last parameter running fastest.
std::vector<Values> combinations(const timing::TimingProbe& probe, const Options& options,
                                 const gpu::GpuSpec& gpu) {
    std::vector<Values> all{{}};
    for (const timing::ParameterSpec& spec : probe.parameters) {
        const auto typed = options.given.find(std::string(spec.name));
        if (typed == options.given.end() || typed->second.empty()) continue;
        std::vector<Values> longer;
        for (const Values& values : all) {
            for (const std::string& value : values_of(spec, typed->second, gpu)) {
                longer.push_back(values);
                longer.back()[std::string(spec.name)] = value;
            }
        }
        all = std::move(longer);
    }
    return all;
}

void run_probe(const timing::TimingProbe& probe, const Options& options) {
    if (!options.json.empty()) base::require_writable(options.json);
    const gpu::GpuSpec gpu = run::load_gpu(options.gpu);
    std::vector<report::TimedPoint> points;
    for (const Values& values : combinations(probe, options, gpu)) {
        report::TimedPoint point{timing::Parameters(probe.parameters, values, "--"), {}};
        point.point = timing::run_timing_probe(
            gpu, probe, point.parameters,
            options.lowering == "on" ? lowering::Lowering::kOn : lowering::Lowering::kOff,
            options.threads.threads);
        points.push_back(std::move(point));
    }
    if (!options.json.empty())
        base::write_text(options.json, report::timing_json(gpu, probe, points, kVersion));
    fmt::print("{}", report::timing_table(probe, points));
}

std::string help(const timing::ParameterSpec& spec) {
    std::string text(spec.help);
    if (!spec.choices.empty()) text += fmt::format(": {}", fmt::join(spec.choices, ", "));
    if (!spec.default_value.empty()) text += fmt::format(" (default: {})", spec.default_value);
    return text;
}

void add_timing_probe(CLI::App& probe_verb, const timing::TimingProbe& probe) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = probe_verb.add_subcommand(std::string(probe.name), std::string(probe.summary));
    verb->add_option("--gpu", options->gpu, "GPU name (sptc list gpus) or description file")
        ->capture_default_str();
    for (const timing::ParameterSpec& spec : probe.parameters) {
        const std::string name(spec.name);
        CLI::Option* option =
            verb->add_option("--" + name, options->given[name], help(spec))->type_name("");
        if (spec.default_value.empty()) option->required();
    }
    verb->add_option("--lowering", options->lowering,
                     "Time the machine operations that the PTX becomes, or the PTX as written")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    // Where --threads are those of a CTA, this computer's have another name.
    const bool taken = verb->get_option_no_throw("--threads") != nullptr;
    options->threads.add_to(*verb, taken ? "--host-threads" : "--threads");
    verb->add_option("--json", options->json, "Write the points to this file");
    verb->footer(
        fmt::format("Gives: {}, in the steady state of the loop.\n"
                    "Lists and ranges (1,2,4 or 1-4) give every combination. Example:\n"
                    "  sptc probe {}",
                    fmt::join(probe.metrics, ", "), probe.example));
    verb->callback([options, &probe] { run_probe(probe, *options); });
}

}  // namespace

void add_timing_probes(CLI::App& probe_verb) {
    for (const timing::TimingProbe& probe : timing::timing_probes())
        add_timing_probe(probe_verb, probe);
}

}  // namespace sptc::commands
