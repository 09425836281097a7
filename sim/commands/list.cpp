#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>

#include "models/base/error.hpp"
#include "models/isa/mma.hpp"
#include "models/sparsity/pattern.hpp"
#include "models/types/data_type.hpp"
#include "sim/commands/command.hpp"
#include "sim/run/gpu_config.hpp"

namespace sptc::commands {
namespace {

void list_gpus() {
    fmt::print("{:<8} {:<7} {:>4} {:>10}  {}\n", "name", "arch", "SMs", "clock MHz", "description");
    for (const std::string& name : run::gpu_names()) {
        const gpu::GpuSpec spec = run::load_gpu(name);
        fmt::print("{:<8} {:<7} {:>4} {:>10}  {}\n", spec.name, spec.arch, spec.sms, spec.clock_mhz,
                   spec.description);
    }
}

void list_operations() {
    fmt::print("{:<8} {:>9} {:>9}  {:>14}  {}\n", "pattern", "logical K", "stored K",
               "executed MACs", "instruction");
    for (const isa::MmaForm& form : isa::mma_forms()) {
        fmt::print("{:<8} {:>9} {:>9}  {:>14}  {}\n", form.sparse() ? form.pattern->name : "dense",
                   form.k_logical, form.k_stored, form.executed_macs(), form.ptx_name());
    }
}

void list_patterns() {
    fmt::print("{:<8} {:>7} {:>10}  {}\n", "pattern", "density", "index bits", "use");
    for (const sparsity::Pattern& pattern : sparsity::patterns()) {
        fmt::print("{:<8} {:>7.3f} {:>10}  {}\n", pattern.name,
                   static_cast<double>(pattern.n) / pattern.m, pattern.index_bits, pattern.note);
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
    CLI::App* list = app.add_subcommand("list", "List the GPUs, mma forms, patterns or data types");
    list->footer("Examples:\n  sptc list gpus\n  sptc list ops");
    list->require_subcommand(1);
    list->add_subcommand("gpus", "Built-in GPU descriptions")->callback(list_gpus);
    list->add_subcommand("ops", "Forms of mma.sync and mma.sp that are executed")
        ->callback(list_operations);
    list->add_subcommand("patterns", "N:M sparsity patterns")->callback(list_patterns);
    list->add_subcommand("types", "Element types")->callback(list_types);
}

}  // namespace sptc::commands
