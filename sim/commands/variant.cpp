#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "models/base/file.hpp"
#include "sim/accelerator/machine_config.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/version.hpp"
#include "sim/report/variant_report.hpp"

namespace sptc::commands {
namespace {

struct Options {
    accelerator::VariantRequest request;
    std::string machine{accelerator::kDefaultMachine};
    std::string json;
};

void list_variants() {
    fmt::print("{:<12} {:<20} {:<10} {}\n", "name", "patterns", "cycles", "description; source");
    for (const variant::Variant& row : variant::variants()) {
        fmt::print("{:<12} {:<20} {:<10} {}; {}\n", row.name, row.patterns,
                   row.density_model.empty() ? "by shape" : "by values", row.description,
                   row.source);
    }
}

void run_one(const Options& options, int& exit_code) {
    if (!options.json.empty()) base::require_writable(options.json);
    const variant::MachineSpec spec = accelerator::load_machine(options.machine);
    const accelerator::VariantResult result = accelerator::run_variant(options.request, spec);
    fmt::print("{}", report::variant_table(result, spec));
    if (!options.json.empty())
        base::write_text(options.json, report::variant_json(result, spec, kVersion));
    if (result.exact && !*result.exact) exit_code = kMismatch;
}

void run_anchors(const std::string& machine) {
    constexpr int kCubeExtent = 512;
    const variant::MachineSpec spec = accelerator::load_machine(machine);
    std::vector<accelerator::AnchorResult> results;
    for (const accelerator::Anchor& anchor : accelerator::sparseloop_anchors()) {
        results.push_back(accelerator::run_anchor(anchor, spec));
    }
    fmt::print("{}{}{}", report::anchor_table(results),
               report::density_table(
                   accelerator::run_dstc_anchors(accelerator::load_machine("dstc"), kCubeExtent)),
               report::row_wise_table(accelerator::run_row_wise_anchors(
                   accelerator::load_machine("vegeta"), kCubeExtent)));
}

void add_run_one(CLI::App& verb, int& exit_code) {
    auto options = std::make_shared<Options>();
    accelerator::VariantRequest& request = options->request;
    CLI::App* run = verb.add_subcommand("run", "Run one GEMM on a variant");
    run->add_option("variant", request.variant, "See sptc variant list")->required();
    run->add_option("--m", request.extents.m, "Rows of A and D")->required();
    run->add_option("--n", request.extents.n, "Columns of B and D")->required();
    run->add_option("--k", request.extents.k, "Columns of A")->required();
    run->add_option("--pattern", request.pattern, "dense, N:M, V:N:M, G:H/N:M or a density")
        ->capture_default_str();
    run->add_option("--density-b", request.b_density, "Part of B that is nonzero, drawn at random")
        ->capture_default_str();
    run->add_option("--seed", request.seed, "Of all values")->capture_default_str();
    run->add_option("--machine", options->machine, "A name, or a file (configs/accelerator)")
        ->capture_default_str();
    run->add_flag("--check", request.check, "Execute the values, compare D with the reference");
    run->add_option("--json", options->json, "Write the result to this file");
    run->callback([options, &exit_code] { run_one(*options, exit_code); });
}

}  // namespace

void add_variant(CLI::App& app, int& exit_code) {
    CLI::App* verb = app.add_subcommand(
        "variant", "Other sparse datapaths: loop nests on a described accelerator");
    verb->require_subcommand(1);
    verb->add_subcommand("list", "Name every variant")->callback(list_variants);
    add_run_one(*verb, exit_code);
    auto machine = std::make_shared<std::string>(accelerator::kDefaultMachine);
    CLI::App* anchors =
        verb->add_subcommand("anchors", "Published cycles and energies against the simulator");
    anchors->add_option("--machine", *machine, "Of the first table: a name, or a file")
        ->capture_default_str();
    anchors->callback([machine] { run_anchors(*machine); });
    verb->footer(
        "Examples:\n"
        "  sptc variant run dual --m 128 --n 1024 --k 1152 --pattern 2:6 --density-b 0.44\n"
        "  sptc variant run hss --m 128 --n 256 --k 384 --pattern 4:6/2:4 --check\n"
        "  sptc variant run vegeta --m 256 --n 256 --k 512 --pattern 0.1 --check");
}

}  // namespace sptc::commands
