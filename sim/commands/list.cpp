#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "models/base/error.hpp"
#include "models/cost/profile.hpp"
#include "models/isa/architecture.hpp"
#include "models/isa/mma.hpp"
#include "models/sparsity/index_format.hpp"
#include "models/sparsity/pattern.hpp"
#include "models/types/data_type.hpp"
#include "sim/commands/command.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/gpu_document.hpp"
#include "sim/workload/workload.hpp"

namespace sptc::commands {
namespace {

void list_gpus() {
    fmt::print("{:<16} {:<7} {:>4} {:>10}  {}\n", "name", "arch", "SMs", "clock MHz",
               "description");
    for (const std::string& name : run::gpu_names()) {
        const gpu::GpuSpec spec = run::load_gpu(name);
        const std::vector<std::string> aliases = run::gpu_aliases(name);
        const std::string also =
            aliases.empty() ? "" : fmt::format(" (also: {})", fmt::join(aliases, ", "));
        fmt::print("{:<16} {:<7} {:>4} {:>10}  {}{}\n", spec.name, spec.arch, spec.sms,
                   spec.clock_mhz, spec.description, also);
    }
}

void list_workloads() {
    for (const std::string& name : workload::workload_names()) {
        const workload::Workload workload = workload::load_workload(name, {});
        std::string parameters;
        for (const auto& [parameter, value] : workload.parameters) {
            parameters += fmt::format(" {} {}", parameter, value);
        }
        fmt::print("{:<12} {:<26} {}\n", name, parameters, workload.description);
    }
}

/// "sm_80+", "sm_70..75"
std::string architectures_of(const isa::MmaForm& form) {
    if (form.last_architecture == isa::kEveryLaterArchitecture) {
        return fmt::format("sm_{}+", form.first_architecture);
    }
    return fmt::format("sm_{}..{}", form.first_architecture, form.last_architecture);
}

/// All forms, or those of one architecture.
void list_operations(const std::string& arch) {
    const isa::Architecture* only = arch.empty() ? nullptr : &isa::find_architecture(arch);
    fmt::print("{:<12} {:>9} {:>8} {:>9}  {:<9}  {}\n", "pattern", "logical K", "stored K", "MACs",
               "hardware", "instruction");
    for (const isa::MmaForm& form : isa::mma_forms()) {
        if (only != nullptr && !isa::has_form(*only, form)) continue;
        fmt::print("{:<12} {:>9} {:>8} {:>9}  {:<9}  {}\n",
                   form.sparse() ? form.metadata->name : "dense", form.k_logical, form.k_stored,
                   form.executed_macs(), architectures_of(form), form.ptx_name());
    }
}

void list_architectures() {
    fmt::print("{:<7} {:<10} {:>3} {:>13} {:>11}  {}\n", "name", "family", "F", "group bytes",
               "fp8", "mma forms");
    for (const isa::Architecture& row : isa::architectures()) {
        std::size_t forms = 0;
        for (const isa::MmaForm& form : isa::mma_forms()) forms += isa::has_form(row, form);
        const std::string_view fp8 = row.fp8_path == isa::Fp8Path::kAbsent   ? "-"
                                     : row.fp8_path == isa::Fp8Path::kNative ? "native"
                                                                             : "emulated";
        fmt::print("{:<7} {:<10} {:>3} {:>13} {:>11}  {}\n", row.name, row.family,
                   row.fdpa.fraction_bits, row.fdpa.group_bytes, fp8, forms);
    }
}

void list_patterns() {
    using sparsity::IndexFormat;
    fmt::print("{:<8} {:>7} {:>10} {:>8} {:>14}  {}\n", "pattern", "density", "coordinate",
               "bitmask", "combinatorial", "use");
    for (const sparsity::Pattern& pattern : sparsity::patterns()) {
        fmt::print("{:<8} {:>7.3f} {:>10} {:>8} {:>14}  {}\n", pattern.name,
                   static_cast<double>(pattern.n) / pattern.m,
                   sparsity::group_bits(IndexFormat::kCoordinate, pattern),
                   sparsity::group_bits(IndexFormat::kBitmask, pattern),
                   sparsity::group_bits(IndexFormat::kCombinatorial, pattern), pattern.note);
    }
    fmt::print(
        "Metadata bits are those of a group of M. Any other N:M with M up to {} works too; a\n"
        "hypothetical pattern needs a GPU with flexible patterns, such as a100-flexible-nm.\n",
        sparsity::kMaxPatternGroup);
}

void list_cost_row(std::string_view what, const std::optional<cost::Figure>& figure) {
    if (!figure) return;
    fmt::print("  {:<44} {:>10.4g}  +- {:>2.0f} %  {}\n", what, figure->value,
               100 * figure->uncertainty, figure->source);
}

void list_costs() {
    for (const cost::Profile& profile : cost::profiles()) {
        fmt::print("{}: {} ({} nm)\n", profile.name, profile.description, profile.technology_nm);
        for (const cost::MacEnergy& mac : profile.macs) {
            list_cost_row(fmt::format("pJ, multiplication-addition, {} -> {}",
                                      types::name(mac.input), types::name(mac.accumulator)),
                          mac.picojoules);
        }
        list_cost_row("pJ, operand selection, per 2:1 mux bit", profile.select_pj_per_mux_bit);
        list_cost_row("pJ, metadata, per bit", profile.metadata_pj_per_bit);
        list_cost_row("pJ, shared memory, per bit", profile.shared_pj_per_bit);
        list_cost_row("pJ, L2 and crossbar, per bit", profile.l2_pj_per_bit);
        list_cost_row("pJ, DRAM, per bit", profile.dram_pj_per_bit);
        list_cost_row("W, constant", profile.static_watts);
        list_cost_row("um2, int8 multiplication-addition", profile.mac_int8_um2);
        list_cost_row("um2, 2:1 mux of one bit", profile.mux_bit_um2);
        list_cost_row("um2, buffer, per bit", profile.buffer_um2_per_bit);
    }
}

void list_types() {
    fmt::print("{:<6} {:>4} {:>9} {:>9}  {}\n", "type", "bits", "exponent", "fraction", "note");
    for (const types::DataTypeRow& row : types::data_types()) {
        fmt::print("{:<6} {:>4} {:>9} {:>9}  {}\n", row.name, row.bits, row.exponent_bits,
                   row.fraction_bits, row.note);
    }
}

}  // namespace

void add_list(CLI::App& app, int&) {
    CLI::App* list = app.add_subcommand(
        "list", "List the GPUs, architectures, mma forms, patterns or data types");
    list->footer("Examples:\n  sptc list gpus\n  sptc list ops --arch sm_80");
    list->require_subcommand(1);
    list->add_subcommand("costs", "Tables of energy and area for --cost, with their sources")
        ->callback(list_costs);
    list->add_subcommand("gpus", "Built-in GPU descriptions")->callback(list_gpus);
    list->add_subcommand("workloads",
                         "Built-in networks for sptc gemm --workload, with what --batch "
                         "and --sequence are by default")
        ->callback(list_workloads);
    CLI::App* operations =
        list->add_subcommand("ops", "Forms of mma.sync and mma.sp that are executed");
    auto arch = std::make_shared<std::string>();
    operations->add_option("--arch", *arch, "Only the forms of an architecture, such as sm_80");
    operations->callback([arch] { list_operations(*arch); });
    list->add_subcommand("archs", "Architectures and the parameters of their arithmetic")
        ->callback(list_architectures);
    list->add_subcommand("patterns", "N:M sparsity patterns")->callback(list_patterns);
    list->add_subcommand("types", "Element types")->callback(list_types);
}

}  // namespace sptc::commands
