#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "models/base/error.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/inspect_gpu.hpp"
#include "sim/commands/inspect_kernel.hpp"
#include "sim/commands/inspect_parameters.hpp"
#include "sim/commands/inspect_recording.hpp"
#include "sim/commands/inspect_tensor.hpp"
#include "sim/commands/inspect_trace.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/gpu_document.hpp"
#include "sim/run/hierarchy.hpp"

namespace sptc::commands {
namespace {

constexpr std::string_view kHelp =
    R"(What FILE may be:
  weights.npy                 type, shape, zeros, range, which N:M patterns the matrix fits
  model.safetensors           the list of its tensors
  model.safetensors:TENSOR    as for .npy
  kernel.ptx                  parameters, registers, shared memory, operations
  launch.json                 a launch file: grid, block, arguments, buffers
  kernel.trace                a saved trace: origin, CTAs, executed operations, bytes;
                              with --cta N --warp W the records of one warp
  traces/recorded/h200        a recording of a GPU: device, entries, times
  gpu.json, or a100           a GPU description: is it valid, and what can the GPU do

Examples:
  sptc inspect pruned.npy
  sptc inspect a100
  sptc inspect --gpu a100                         every number of the description and its source
  sptc inspect --lowered kernel.ptx               machine operations, PTX line of each, registers
  sptc inspect --hierarchy a100                   the SystemC modules and what their ports meet)";

struct Options {
    std::string file;
    std::string hierarchy;
    std::string parameters;  ///< of which GPU
    std::optional<std::uint64_t> cta;
    TraceRecords records;
    bool lowered = false;
};

bool is_built_in_gpu(const std::string& name) {
    const std::vector<std::string> names = run::gpu_names_and_aliases();
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// One kind of file that is understood; the first that matches counts.
struct Kind {
    bool (*matches)(const std::string& file);
    void (*inspect)(const std::string& file);
};

constexpr Kind kKinds[] = {
    {is_recording, inspect_recording},
    {is_trace_file, inspect_trace},
    {[](const std::string& file) { return file.ends_with(".ptx"); }, inspect_ptx},
    {is_launch_file, inspect_launch},
    {[](const std::string& file) { return is_built_in_gpu(file) || file.ends_with(".json"); },
     inspect_gpu},
    {[](const std::string& file) {
         return file.ends_with(".npy") || file.find(".safetensors") != std::string::npos ||
                file.find(".npy:") != std::string::npos;
     },
     inspect_tensor},
};

void inspect_file(const std::string& file) {
    for (const Kind& kind : kKinds) {
        if (kind.matches(file)) {
            kind.inspect(file);
            return;
        }
    }
    throw base::ConfigError(fmt::format(
        "{}: nothing is known about this kind of file; expected FILE.npy, "
        "FILE.safetensors[:TENSOR], KERNEL.ptx, LAUNCH.json, KERNEL.trace, a GPU description "
        "FILE.json, or one of the GPUs {}",
        file, fmt::join(run::gpu_names(), ", ")));
}

void run_inspect(const Options& options) {
    const int wanted = static_cast<int>(!options.file.empty()) +
                       static_cast<int>(!options.hierarchy.empty()) +
                       static_cast<int>(!options.parameters.empty());
    if (wanted != 1) {
        throw CLI::ValidationError("inspect",
                                   "expected one of FILE, --gpu GPU and --hierarchy GPU");
    }
    if (options.cta) {
        TraceRecords records = options.records;
        records.cta = *options.cta;
        list_trace_records(options.file, records);
    } else if (options.lowered) {
        inspect_lowered(options.file);
    } else if (!options.parameters.empty()) {
        inspect_parameters(options.parameters);
    } else if (options.hierarchy.empty()) {
        inspect_file(options.file);
    } else {
        fmt::print("{}", run::hierarchy_text(run::load_gpu(options.hierarchy)));
    }
}

}  // namespace

void add_inspect(CLI::App& app, int&) {
    auto options = std::make_shared<Options>();
    CLI::App* inspect =
        app.add_subcommand("inspect", "Show what a file holds, or how a GPU is built");
    inspect->footer(std::string(kHelp));
    inspect->add_option("FILE", options->file, "See below")->type_name("");
    inspect
        ->add_option("--hierarchy", options->hierarchy,
                     "Print the SystemC module tree of a GPU (name or description FILE.json)")
        ->type_name("GPU");
    inspect
        ->add_option("--gpu", options->parameters,
                     "Print the parameters of a GPU (name or description FILE.json) with value,\n"
                     "confidence and source")
        ->type_name("GPU");
    CLI::Option* cta = inspect
                           ->add_option("--cta", options->cta,
                                        "Of a trace: list the records of a warp of this CTA")
                           ->type_name("N");
    inspect->add_option("--warp", options->records.warp, "Which warp of the CTA")
        ->needs(cta)
        ->capture_default_str();
    inspect->add_option("--limit", options->records.limit, "How many records at most")
        ->needs(cta)
        ->capture_default_str();
    inspect->add_flag("--lowered", options->lowered,
                      "KERNEL.ptx: list the machine operations that it is timed as");
    inspect->callback([options] { run_inspect(*options); });
}

}  // namespace sptc::commands
