#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "models/base/file.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/version.hpp"
#include "sim/report/validation_report.hpp"
#include "sim/run/progress.hpp"
#include "sim/timing/validation.hpp"

namespace sptc::commands {
namespace {

struct Options {
    timing::ValidationRequest request;
    std::size_t worst = 15;
    bool quick = false;
    std::string lowering = "on";
    std::string html, json, markdown;
};

void run_command(const Options& options) {
    for (const std::string& file : {options.html, options.json, options.markdown}) {
        if (!file.empty()) base::require_writable(file);
    }
    run::Progress progress("validate");
    timing::ValidationRequest request = options.request;
    request.slow = !options.quick;
    request.lowering =
        options.lowering == "on" ? lowering::Lowering::kOn : lowering::Lowering::kOff;
    request.progress = [&progress](double done, std::string_view name) {
        progress.update(done, name);
    };
    const std::vector<timing::GroupResult> groups = timing::validate(request);
    if (!options.html.empty())
        base::write_text(options.html, report::validation_html(groups, options.worst));
    if (!options.json.empty())
        base::write_text(options.json, report::validation_json(groups, kVersion));
    if (!options.markdown.empty())
        base::write_text(options.markdown, report::validation_markdown(groups, options.worst));
    fmt::print("{}", report::validation_table(groups, options.worst));
}

}  // namespace

void add_validate(CLI::App& app) {
    auto options = std::make_shared<Options>();
    CLI::App* verb =
        app.add_subcommand("validate", "Hold published figures against what the simulator gives");
    verb->add_option("--gpu", options->request.gpu, "Only figures of this GPU (sptc list gpus)");
    verb->add_option("--group", options->request.groups, "Only these groups (default: all)")
        ->delimiter(',');
    verb->add_flag("--quick", options->quick,
                   "Leave out groups that take long (memory bandwidth, barriers, strides, GEMMs)");
    verb->add_option("--worst", options->worst, "How many of the greatest errors to list")
        ->capture_default_str();
    verb->add_option("--lowering", options->lowering,
                     "Time the machine operations that the PTX becomes, or the PTX as written")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    verb->add_option("--html", options->html, "Write the report as a page");
    verb->add_option("--json", options->json, "Write the report as JSON (docs/results.md)");
    verb->add_option("--markdown", options->markdown, "Write the report as Markdown");
    verb->footer(
        "Examples:\n"
        "  sptc validate --quick\n"
        "  sptc validate --gpu a100 --group mma-latency,mma-sparse --html validation.html");
    verb->callback([options] { run_command(*options); });
}

}  // namespace sptc::commands
