#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "models/base/file.hpp"
#include "models/isa/architecture.hpp"
#include "models/isa/mma.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/numerics_options.hpp"
#include "sim/commands/version.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/mma_files.hpp"

namespace sptc::commands {
namespace {

constexpr std::string_view kHelp =
    R"(Files are raw little-endian matrices, the COUNT items one after another, all row-major; elements
below a byte are packed, low bits first:
  A [COUNT][M][K]      sparse: the stored values, [COUNT][M][K/2]
  B [COUNT][K][N]      row k, column n
  C, D [COUNT][M][N]
  E [COUNT][M][CHUNKS] sparse only: un-reordered metadata, 4 bits a chunk of 4 columns (1:2: of 2,
                       4-bit types: of 8); two bits name the first stored element, two the second
m8n8k4 f16 multiplies four pairs of matrices: an item has four of each.
Sizes of m16n8k32.f32.f16.f16.f32: A 512, B 512, C 512, E 64 bytes an item.
--gpu also counts the cycles of one of that GPU's tensor cores; --arch only fixes the arithmetic.

Examples:
  sptc mma --gpu a100 --op mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 \
      --a A.bin --b B.bin --c C.bin --count 64 --out D.bin
  sptc mma --arch sm_80 --op mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 \
      --a A.bin --b B.bin --c C.bin --e E.bin --count 64 --out D.bin --check
  sptc list ops                                   the instructions that --op takes)";

struct Options {
    std::string gpu = "a100";
    std::string arch;  ///< empty: that of the GPU
    std::string op;
    NumericsOptions numerics;
    run::MmaFiles files;
    std::uint64_t count = 0;
    bool check = false;
    std::string json;
};

/// E belongs to the sparse forms and to no other.
void require_matching_metadata(const isa::MmaForm& form, const Options& options) {
    if (form.sparse() && options.files.e.empty()) {
        throw CLI::ValidationError(
            "--e", "the sparse " + form.shape_name() + " needs the metadata file: add --e E.bin");
    }
    if (!form.sparse() && !options.files.e.empty()) {
        throw CLI::ValidationError("--e", "the dense " + form.shape_name() +
                                              " takes no metadata: leave --e out, or use mma.sp");
    }
}

void print_summary(const isa::MmaForm& form, const Options& options, const std::string& arch,
                   const run::MmaFilesResult& result) {
    fmt::print("op         {}\n", form.ptx_name());
    if (options.arch.empty()) {
        fmt::print("gpu        {} ({})\n", options.gpu, arch);
    } else {
        fmt::print("arch       {}\n", arch);
    }
    fmt::print("count      {}\n", options.count);
    if (options.arch.empty()) {
        fmt::print("cycles     {} in one tensor core, {:.2f} an instruction\n", result.cycles,
                   static_cast<double>(result.cycles) / static_cast<double>(options.count));
    }
    fmt::print("B fetched  {} values\n", result.b_values_fetched);
    fmt::print("MACs       {} executed\n", result.executed_macs);
    fmt::print("D          {}, {} elements\n", options.files.d.string(), result.elements);
    if (!options.check) return;
    fmt::print("check      {} elements, {} mismatches\n", result.elements, result.mismatches);
    if (result.first) {
        const int digits = types::bits(form.d) / 4;
        fmt::print(
            "           first: item {}, row {}, column {}: found 0x{:0{}x}, expected 0x{:0{}x}\n",
            result.first->item, result.first->row, result.first->column, result.first->found,
            digits, result.first->expected, digits);
    }
}

void write_json(const isa::MmaForm& form, const Options& options, const std::string& arch,
                const run::MmaFilesResult& result, double wall_seconds) {
    nlohmann::ordered_json json;
    json["schema"] = "sptc.mma/1";
    json["version"] = kVersion;
    json["op"] = form.ptx_name();
    json["arch"] = arch;
    json["count"] = options.count;
    if (options.arch.empty()) {
        json["gpu"] = options.gpu;
        json["cycles"] = result.cycles;
    }
    json["b_values_fetched"] = result.b_values_fetched;
    json["executed_macs"] = result.executed_macs;
    if (options.check) {
        json["check"] = {{"elements", result.elements}, {"mismatches", result.mismatches}};
    }
    json["host"] = {{"wall_seconds", wall_seconds}};
    base::write_text(options.json, json.dump(2) + "\n");
}

/// CLI11 would turn "-1" into a huge number.
std::string check_count(const std::string& text) {
    constexpr std::size_t kMostDigits = 15;
    const bool is_number = !text.empty() && text.size() <= kMostDigits &&
                           text.find_first_not_of("0123456789") == std::string::npos;
    if (is_number && text.find_first_not_of('0') != std::string::npos) return {};
    return "'" + text + "': expected a number of items, 1 or more";
}

int run_mma(const Options& options) {
    const isa::MmaSpelling instruction = isa::parse_mma(options.op);
    const isa::MmaForm& form = *instruction.form;
    require_matching_metadata(form, options);
    tensor_core::TensorCoreSpec spec;
    if (options.arch.empty()) {
        spec = run::load_gpu(options.gpu).sm.tensor_core;
    } else {
        spec.arch = isa::find_architecture(options.arch).name;
    }
    options.numerics.apply(spec);
    const auto begin = std::chrono::steady_clock::now();
    const run::MmaFilesResult result = [&] {
        run::Progress progress("mma");
        return run::run_mma_files(instruction, spec, options.files, options.count,
                                  options.check ? run::Check::kOn : run::Check::kOff, progress);
    }();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    print_summary(form, options, spec.arch, result);
    if (!options.json.empty()) write_json(form, options, spec.arch, result, wall.count());
    return result.mismatches == 0 ? kSuccess : kMismatch;
}

}  // namespace

void add_mma(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<Options>();
    CLI::App* mma =
        app.add_subcommand("mma", "Compute single mma and mma.sp instructions, bit for bit");
    mma->footer(std::string(kHelp));
    CLI::Option* gpu = mma->add_option("--gpu", options->gpu,
                                       "GPU by name (`sptc list gpus`) or description FILE.json")
                           ->capture_default_str();
    mma->add_option("--arch", options->arch, "Architecture, such as sm_80, instead of a GPU")
        ->excludes(gpu);
    options->numerics.add_to(*mma);
    mma->add_option("--op", options->op, "The instruction as PTX spells it")->required();
    mma->add_option("--a", options->files.a, "Matrices A (sparse: the stored values)")
        ->required()
        ->type_name("FILE");
    mma->add_option("--b", options->files.b, "Matrices B")->required()->type_name("FILE");
    mma->add_option("--c", options->files.c, "Matrices C")->required()->type_name("FILE");
    mma->add_option("--e", options->files.e, "Metadata words, for mma.sp")->type_name("FILE");
    mma->add_option("--count", options->count, "Number of items")
        ->required()
        ->check(check_count)
        ->type_name("N");
    mma->add_option("--out", options->files.d, "Where the matrices D are written")
        ->required()
        ->type_name("FILE");
    mma->add_flag("--check", options->check,
                  "Compare every element of D with the reference; exit code 1 if any differs");
    mma->add_option("--json", options->json, "Write the summary to this file too")
        ->type_name("FILE");
    mma->callback([options, &exit_code] { exit_code = run_mma(*options); });
}

}  // namespace sptc::commands
