#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

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
#include "sim/report/gemm_report.hpp"
#include "sim/report/sanitizer_report.hpp"
#include "sim/report/workload_report.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/sanitized_run.hpp"

namespace sptc::commands {
namespace {

/// The options as typed.
struct Options {
    GpuOptions gpu;
    CostOptions cost;
    ProfileOption profile;
    ThreadsOption threads;
    LookInsideOptions inside;
    NumericsOptions numerics;
    SanitizeOptions sanitize;
    std::optional<std::uint32_t> m, n, k;
    std::string workload;
    std::optional<std::uint32_t> batch, sequence;
    std::string type = "f16";
    std::string b_type;        // empty: as A
    std::string accumulator;   // empty: f32, f64 or s32
    std::string pattern;       // empty: the one of the type
    std::string index_format;  // empty: the GPU's
    std::string b_layout;      // empty: row where the type can
    std::string baseline = "dense";
    std::string kernel = "auto";
    std::string baseline_kernel = "auto";
    std::string lowering = "on";
    std::string values;  // empty: on with --check or --out, else off
    bool check = false;
    std::string a, b, c, bias, out;
    double alpha = 1;
    double beta = 1;
    std::string epilogue = "none";
    double requant_scale = 0x1p-10;
    std::uint32_t split_k = 1;
    std::uint64_t seed = 1;
    std::string sms;  // empty: all with values, else representative
    std::string json;
    std::string emit_ptx;
    std::string save_trace;
};

const sparsity::Pattern& find_pattern(const std::string& name) {
    try {
        return sparsity::find_pattern(name);
    } catch (const base::ConfigError& error) {
        throw base::ConfigError(fmt::format("{}, or dense", error.what()));
    }
}

run::GemmRequest request_of(const Options& options) {
    run::GemmRequest request;
    request.gpu = options.gpu.load();
    options.numerics.apply(request.gpu.sm.tensor_core);
    request.m = options.m;
    request.n = options.n;
    request.k = options.k;
    request.type = types::parse_data_type(options.type);
    request.tile = gemm::parse_tile(options.kernel);
    request.baseline_tile = gemm::parse_tile(options.baseline_kernel);
    if (!options.b_type.empty()) request.b_type = types::parse_data_type(options.b_type);
    if (!options.accumulator.empty()) {
        request.accumulator = types::parse_data_type(options.accumulator);
    }
    if (options.pattern.empty()) {
        request.pattern = run::hardware_pattern(request.type);
    } else if (options.pattern != "dense") {
        request.pattern = &find_pattern(options.pattern);
    }
    if (!options.index_format.empty()) {
        if (request.pattern == nullptr) {
            throw base::ConfigError("--index-format without a sparse --pattern");
        }
        request.index_format = sparsity::parse_index_format(options.index_format);
    }
    if (!options.b_layout.empty()) {
        request.b_layout = options.b_layout == "row" ? gemm::BLayout::kRow : gemm::BLayout::kColumn;
    }
    request.with_dense_baseline = options.baseline == "dense";
    const bool needs_values =
        options.check || !options.out.empty() || options.sanitize.needs_values();
    const bool values = options.values.empty() ? needs_values : options.values == "on";
    request.values = values ? launch::Values::kOn : launch::Values::kOff;
    request.check = options.check;
    request.lowering =
        options.lowering == "on" ? lowering::Lowering::kOn : lowering::Lowering::kOff;
    const bool all = options.sms.empty() ? values || options.split_k > 1 : options.sms == "all";
    request.split_k = options.split_k;
    request.sms = all ? gpu::SimulatedSms::kAll : gpu::SimulatedSms::kRepresentative;
    request.seed = options.seed;
    request.a_file = options.a;
    request.b_file = options.b;
    request.c_file = options.c;
    request.alpha = options.alpha;
    request.beta = options.beta;
    request.epilogue = options.epilogue;
    request.bias_file = options.bias;
    request.requant_scale = options.requant_scale;
    request.out_file = options.out;
    request.emit_ptx_directory = options.emit_ptx;
    request.trace_file = options.save_trace;
    request.options.profile = options.profile.wanted();
    options.threads.apply(request.options);
    options.inside.apply(request.options);
    return request;
}

int run_workload(const Options& options) {
    if (options.m || options.n || options.k || options.check || !options.out.empty() ||
        !options.a.empty() || !options.b.empty() || !options.c.empty() ||
        !options.emit_ptx.empty() || !options.save_trace.empty() || options.profile.wanted() ||
        options.inside.wanted()) {
        throw base::ConfigError(
            "--workload gives the shapes of many GEMMs: it goes without --m, --n, --k, operand "
            "files, --check, --out, --emit-ptx, --save-trace, --profile, --timeline and --vcd");
    }
    std::map<std::string, std::uint32_t> parameters;
    if (options.batch) parameters["batch"] = *options.batch;
    if (options.sequence) parameters["sequence"] = *options.sequence;
    const workload::WorkloadResult result = workload::run_workload(
        workload::load_workload(options.workload, parameters), request_of(options));
    if (!options.json.empty())
        base::write_text(options.json, report::workload_json(result, kVersion));
    fmt::print("{}", report::workload_table(result));
    return kSuccess;
}

int run_command(const Options& options) {
    const std::optional<cost::Profile> cost = options.cost.load();
    for (const std::string& file : {options.out, options.json, options.save_trace}) {
        if (!file.empty()) base::require_writable(file);
    }
    options.profile.require_writable();
    if (!options.workload.empty()) return run_workload(options);
    if (options.batch || options.sequence)
        throw base::ConfigError("--batch and --sequence belong to --workload");
    const cost::Profile* costs = cost ? &*cost : nullptr;
    run::GemmRequest request = request_of(options);
    sanitize::Sanitizer sanitizer = options.sanitize.make(request.values);
    request.sanitizer = &sanitizer;
    run::GemmResult result;
    try {
        result = run::sanitized(sanitizer, [&] { return run::run_gemm(request); });
    } catch (const base::Error& error) {
        report_failed_run(sanitizer, options.json, report::kGemmSchema, error.what());
        throw;
    }
    if (!options.json.empty())
        base::write_text(options.json, report::gemm_json(result, kVersion, &sanitizer, costs));
    fmt::print("{}{}", report::gemm_table(result, costs), report::sanitizer_text(sanitizer));
    std::vector<ProfiledKernel> profiled{{&result.kernel.simulation, result.kernel.kernel_text}};
    if (result.dense) profiled.push_back({&result.dense->simulation, result.dense->kernel_text});
    options.profile.write(profiled);
    options.inside.write(profiled, result.gpu);
    if (result.check && result.check->mismatches != 0) return kMismatch;
    return sanitizer.findings().empty() ? kSuccess : kFindings;
}

}  // namespace

void add_gemm(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<Options>();
    CLI::App* gemm =
        app.add_subcommand("gemm", "Simulate D = A . B + C with a sparse or a dense A");
    options->gpu.add_to(*gemm);
    options->cost.add_to(*gemm);
    options->profile.add_to(*gemm);
    options->threads.add_to(*gemm);
    options->inside.add_to(*gemm);
    gemm->add_option("--m", options->m, "Rows of A and D");
    gemm->add_option("--n", options->n, "Columns of B and D");
    gemm->add_option("--k", options->k, "Columns of A, rows of B");
    gemm->add_option("--workload", options->workload,
                     "Instead of one shape those of a network: a name (sptc list workloads) or "
                     "file,\nwith every layer dense and, where it can be pruned, sparse");
    gemm->add_option("--batch", options->batch, "The workload's batch")->check(CLI::PositiveNumber);
    gemm->add_option("--sequence", options->sequence, "The workload's sequence length")
        ->check(CLI::PositiveNumber);
    gemm->add_option("--type", options->type,
                     "Type of A and B: f16, bf16, tf32, s8, u8, s4, u4, b1 or f64")
        ->capture_default_str();
    gemm->add_option("--b-type", options->b_type,
                     "Type of B where it is not that of A: s8 with u8, s4 with u4");
    gemm->add_option(
        "--accum", options->accumulator,
        "Type of accumulators, C and D (default: f32, of f64 f64, of integers s32); f16 also f16");
    gemm->add_option(
        "--pattern", options->pattern,
        "dense, or the pattern of the type: 2:4; of tf32 1:2; of s4 and u4 4:8 in\n"
        "pairs (default: that pattern; b1 and f64 have none). On a GPU with flexible\n"
        "patterns (a100-flexible-nm) any N:M with M up to 32, of f16, bf16, tf32, s8, u8");
    gemm->add_option("--index-format", options->index_format,
                     "Metadata of a flexible pattern: coordinate, bitmask or combinatorial\n"
                     "(default: the GPU's)");
    gemm->add_option("--b-layout", options->b_layout,
                     "B in device memory: row (16-bit types, their default) or col (K contiguous)")
        ->check(CLI::IsMember({"row", "col"}));
    gemm->add_option("--baseline", options->baseline,
                     "With a pattern: also simulate the dense kernel, or not")
        ->check(CLI::IsMember({"dense", "none"}))
        ->capture_default_str();
    gemm->add_option("--kernel", options->kernel,
                     "The tile: auto chooses one for the shape, as a library would; M x N x K of a "
                     "CTA and stages\n(256x128x64x3), with the M x N of a warp or without "
                     "(256x128x64x3:64x64), forces one")
        ->capture_default_str();
    gemm->add_option("--baseline-kernel", options->baseline_kernel,
                     "The same for the dense baseline")
        ->capture_default_str();
    gemm->add_option("--values", options->values,
                     "Compute D (default: on with --check, --out or --sanitize, else off)")
        ->check(CLI::IsMember({"on", "off"}));
    gemm->add_option("--lowering", options->lowering,
                     "Time the machine operations that the PTX becomes, or the PTX as written")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    options->numerics.add_to(*gemm);
    options->sanitize.add_to(*gemm);
    gemm->add_flag("--check", options->check,
                   "Compare every element of D with the reference, bit for bit");
    gemm->add_option("--a", options->a,
                     "A, M x K: FILE.npy or FILE.safetensors[:tensor]; rounded to the type and\n"
                     "pruned to the pattern (4-bit and 1-bit elements: a byte each)");
    gemm->add_option("--b", options->b, "B, K x N, whatever its layout on the device");
    gemm->add_option("--c", options->c, "C, M x N (default: zero)");
    gemm->add_option("--alpha", options->alpha,
                     "D = alpha * A . B + beta * C, products and sum rounded in the type of C (of\n"
                     "f16 in f32); where both are 1, C is the first addend of the mma instead")
        ->capture_default_str();
    gemm->add_option("--beta", options->beta, "0: C is not read")->capture_default_str();
    gemm->add_option("--epilogue", options->epilogue,
                     "none, or joined by '+': bias, relu or gelu, requant-s8 (s32 to s8)")
        ->capture_default_str();
    gemm->add_option("--bias", options->bias, "1 x N of the type of C (default: seeded values)");
    gemm->add_option("--requant-scale", options->requant_scale,
                     "requant-s8: D = clamp(round(f32(x) * scale))")
        ->capture_default_str();
    gemm->add_option("--split-k", options->split_k,
                     "CTAs along K for each tile of D, which add their sums in turn")
        ->capture_default_str();
    gemm->add_option("--out", options->out, "Write D to this .npy file");
    gemm->add_option("--seed", options->seed, "Seed of A and B where no file is given")
        ->capture_default_str();
    gemm->add_option(
            "--sms", options->sms,
            "all: every SM; representative: one SM, the others only send their memory traffic\n"
            "(default: all with values on or split-K, else representative)")
        ->check(CLI::IsMember({"all", "representative"}));
    gemm->add_option("--json", options->json, "Write the result to this file");
    gemm->add_option("--emit-ptx", options->emit_ptx,
                     "Write kernel and launch file into this directory");
    gemm->add_option("--save-trace", options->save_trace,
                     "Write the executed instructions to this file, for sptc replay: of every CTA "
                     "with --sms all, of the baseline none");
    gemm->footer(
        "Examples:\n"
        "  sptc gemm --m 4096 --n 4096 --k 4096\n"
        "  sptc gemm --m 1024 --n 1024 --k 1024 --values on --check --json result.json\n"
        "  sptc gemm --a weights.safetensors:layer.0.weight --n 4096 --check --out d.npy\n"
        "  sptc gemm --m 256 --n 256 --k 8192 --split-k 6 --check\n"
        "  sptc gemm --gpu a100-flexible-nm --m 512 --n 512 --k 512 --pattern 1:8 --check\n"
        "  sptc gemm --type s8 --m 512 --n 512 --k 512 --check\n"
        "  sptc gemm --workload bert-large --batch 8 --sequence 384 --pattern 2:4\n"
        "  sptc gemm --m 512 --n 512 --k 512 --emit-ptx kernels");
    gemm->callback([options, &exit_code] { exit_code = run_command(*options); });
}

}  // namespace sptc::commands
