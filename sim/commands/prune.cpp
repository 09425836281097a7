#include "models/sparsity/prune.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <memory>

#include "models/sparsity/element.hpp"
#include "sim/commands/any_matrix.hpp"
#include "sim/commands/command.hpp"
#include "traces/tensor_file/npy.hpp"

namespace sptc::commands {
namespace {

constexpr std::string_view kHelp =
    R"(Of every aligned group of M elements of a row the N largest |w| stay, the others become 0; ties
keep the lower column. Rows run along K: a weight [out x in] is the M x K of a GEMM.
IN is f16, bf16, f32 or f64; OUT has the same type, except that bf16 is written as f32 (exact),
because .npy has no bf16.

Examples:
  sptc prune weights.npy pruned.npy --pattern 2:4
  sptc prune model.safetensors:encoder.layer.0.output.dense.weight pruned.npy
  sptc inspect model.safetensors                  the tensors of a file
  sptc list patterns                              the patterns)";

struct Options {
    std::string in;
    std::string out;
    std::string pattern = "2:4";
};

template <class E>
std::uint64_t count_non_finite(const sparsity::Dense<E>& matrix) {
    std::uint64_t count = 0;
    for (const E element : matrix.elements) {
        count += std::isfinite(sparsity::to_f64(element)) ? 0 : 1;
    }
    return count;
}

void run_prune(const Options& options) {
    const sparsity::Pattern& pattern = sparsity::find_pattern(options.pattern);
    WeightMatrix weights = read_weights(options.in);
    const std::size_t rows = weights.rows;
    const std::size_t columns = weights.columns;
    if (weights.type != weights.file_type) {
        warn(fmt::format("{}: {} is written as {} (exact)", options.in,
                         types::name(weights.file_type), types::name(weights.type)));
    }
    if (const std::size_t padding = sparsity::padded_columns(columns, pattern) - columns) {
        warn(
            fmt::format("K = {} is not a multiple of {}: the last group of each row counts as "
                        "padded with {} zeros; the shape stays",
                        columns, pattern.m, padding));
    }
    const sparsity::PruneReport report = std::visit(
        [&](auto& matrix) {
            if (const std::uint64_t count = count_non_finite(matrix); count > 0) {
                warn(fmt::format(
                    "{}: elements that are NaN or infinite: {}; they count as the largest "
                    "and not in the retained magnitude",
                    options.in, count));
            }
            const sparsity::PruneReport pruned = sparsity::prune(matrix, pattern);
            tensor_file::write_npy(options.out, weights.type,
                                   std::array<std::uint64_t, 2>{matrix.rows, matrix.columns},
                                   bytes_of(matrix.elements));
            return pruned;
        },
        weights.dense);

    const auto elements = static_cast<double>(rows * columns);
    fmt::print("in         {}: {}\n", options.in, type_and_shape(weights.file_type, rows, columns));
    fmt::print("pattern    {}\n", pattern.name);
    fmt::print("retained   {:.4f} of the sum of |w|\n", report.retained_magnitude);
    fmt::print("zeros      {} of {} elements ({:.2f} %)\n", report.zeros, rows * columns,
               100 * static_cast<double>(report.zeros) / elements);
    fmt::print("out        {}: {}\n", options.out, type_and_shape(weights.type, rows, columns));
}

}  // namespace

void add_prune(CLI::App& app, int&) {
    auto options = std::make_shared<Options>();
    CLI::App* prune = app.add_subcommand("prune", "Prune a matrix to an N:M pattern by magnitude");
    prune->footer(std::string(kHelp));
    prune->add_option("IN", options->in, "FILE.npy or FILE.safetensors[:TENSOR]")
        ->required()
        ->type_name("");
    prune->add_option("OUT", options->out, "FILE.npy")
        ->required()
        ->type_name("")
        ->check([](const std::string& path) {
            return path.ends_with(".npy") ? std::string()
                                          : "'" + path + "': expected a name ending in .npy";
        });
    prune->add_option("--pattern", options->pattern, "N:M")->capture_default_str();
    prune->callback([options] { run_prune(*options); });
}

}  // namespace sptc::commands
