#include "models/sparsity/compress.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "models/sparsity/check.hpp"
#include "models/sparsity/index_format.hpp"
#include "models/sparsity/metadata.hpp"
#include "models/sparsity/metadata_order.hpp"
#include "sim/commands/any_matrix.hpp"
#include "sim/commands/command.hpp"
#include "traces/tensor_file/write_safetensors.hpp"

namespace sptc::commands {
namespace {

constexpr std::string_view kHelp =
    R"(IN [M x K] must fit the pattern (`sptc prune` makes it fit). OUT is one .safetensors file:
  values    [M x K_stored]  the N stored elements of each group of M, in the type of IN (bf16: f32)
  metadata  [M x K/16]      2:4 only: 16-bit words; nibble j holds the positions of the two stored
                            elements of columns 4j .. 4j+3 of the word's 16 (PTX ISA, mma.sp).
                            --order row-major: as written here, what `sptc mma --e` takes.
                            --order cutlass: the order of CUTLASS and cuSPARSELt in device memory.
  indices   [M x bytes]     other patterns: the positions in each group in the --index-format
                            (coordinate, bitmask, combinatorial: docs/nm.md), packed from the low
                            bits of a row's first byte on
and the text entries schema, pattern, rows, columns (of IN), order and index_format. 2:4 pads K to a multiple of
16 (cutlass: K and M to multiples of 32) with zeros, and says so.

Examples:
  sptc compress pruned.npy compressed.safetensors
  sptc compress pruned.npy compressed.safetensors --order cutlass
  sptc inspect compressed.safetensors:values)";

enum class Order : std::uint8_t { kRowMajor, kCutlass };
const std::map<std::string, Order> kOrders{{"row-major", Order::kRowMajor},
                                           {"cutlass", Order::kCutlass}};

struct Options {
    std::string in;
    std::string out;
    std::string pattern = "2:4";
    std::string order = "row-major";
    std::string index_format = "coordinate";
};

/// A compressed matrix as bytes, and the shapes of its two tensors.
struct Container {
    types::DataType value_type;
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;  ///< logical, with padding
    std::uint64_t value_columns = 0;
    std::vector<std::byte> values;
    std::string position_name;  ///< "metadata" or "indices"
    types::DataType position_type;
    std::uint64_t position_columns = 0;
    std::vector<std::byte> positions;
};

std::size_t round_up(std::size_t value, std::size_t unit) {
    return (value + unit - 1) / unit * unit;
}

std::vector<std::byte> copied(std::span<const std::byte> bytes) {
    return {bytes.begin(), bytes.end()};
}

/// More rows and columns of +0.
template <class E>
sparsity::Dense<E> padded(sparsity::Dense<E> matrix, std::size_t rows, std::size_t columns) {
    if (rows == matrix.rows && columns == matrix.columns) return matrix;
    sparsity::Dense<E> out{rows, columns, std::vector<E>(rows * columns)};
    for (std::size_t r = 0; r < matrix.rows; ++r) {
        std::copy(matrix.row(r).begin(), matrix.row(r).end(), out.row(r).begin());
    }
    return out;
}

bool has_metadata_words(const sparsity::Pattern& pattern, const Options& options) {
    return pattern.n == 2 && pattern.m == 4 && options.index_format == "coordinate";
}

void put_metadata(std::span<const std::uint8_t> indices, Order order, Container& container) {
    std::vector<std::uint16_t> words = sparsity::encode_metadata(indices);
    if (order == Order::kCutlass) {
        words = sparsity::reorder_metadata(std::span<const std::uint16_t>(words), container.rows);
    }
    container.position_name = "metadata";
    container.position_type = types::DataType::kU16;
    container.position_columns = container.columns / sparsity::kColumnsPerWord;
    container.positions = copied(bytes_of(words));
}

void put_indices(std::span<const std::uint8_t> indices, const sparsity::Pattern& pattern,
                 sparsity::IndexFormat format, Container& container) {
    const auto n = static_cast<std::size_t>(pattern.n);
    const auto groups = container.value_columns / n;
    container.position_name = "indices";
    container.position_type = types::DataType::kU8;
    const auto group_bits = static_cast<std::size_t>(sparsity::group_bits(format, pattern));
    container.position_columns = (groups * group_bits + 7) / 8;
    for (std::size_t r = 0; r < container.rows; ++r) {
        sparsity::BitWriter row;
        for (std::size_t g = 0; g < groups; ++g) {
            sparsity::write_group(format, pattern,
                                  indices.subspan(r * container.value_columns + g * n, n), row);
        }
        container.positions.insert(container.positions.end(), row.bytes().begin(),
                                   row.bytes().end());
    }
}

template <class E>
Container compress_matrix(sparsity::Dense<E> matrix, types::DataType type,
                          const sparsity::Pattern& pattern, const Options& options) {
    sparsity::require_pattern(matrix, pattern, options.in);
    const Order order = kOrders.at(options.order);
    Container container{};
    container.value_type = type;
    container.rows = matrix.rows;
    container.columns = sparsity::padded_columns(matrix.columns, pattern);
    if (has_metadata_words(pattern, options)) {
        const std::size_t words = order == Order::kCutlass ? 2 : 1;  // they come in pairs
        container.columns = round_up(matrix.columns, words * sparsity::kColumnsPerWord);
        if (order == Order::kCutlass) {
            container.rows = round_up(matrix.rows, sparsity::kMetadataOrder<std::uint16_t>.group);
        }
    }
    const sparsity::Compressed<E> compressed = sparsity::compress(
        padded(std::move(matrix), container.rows, container.columns), pattern, options.in);
    container.value_columns = compressed.stored_columns;
    container.values = copied(bytes_of(compressed.values));
    if (has_metadata_words(pattern, options)) {
        put_metadata(compressed.indices, order, container);
    } else {
        put_indices(compressed.indices, pattern, sparsity::parse_index_format(options.index_format),
                    container);
    }
    return container;
}

void write_container(const Container& container, const WeightMatrix& weights,
                     const sparsity::Pattern& pattern, const Options& options) {
    const std::vector<tensor_file::NamedTensor> tensors{
        {"values",
         container.value_type,
         {container.rows, container.value_columns},
         container.values},
        {container.position_name,
         container.position_type,
         {container.rows, container.position_columns},
         container.positions}};
    tensor_file::write_safetensors(options.out, tensors,
                                   {{"schema", "sptc.compressed/1"},
                                    {"pattern", std::string(pattern.name)},
                                    {"rows", std::to_string(weights.rows)},
                                    {"columns", std::to_string(weights.columns)},
                                    {"order", options.order},
                                    {"index_format", options.index_format}});
}

void print_summary(const Container& container, const WeightMatrix& weights,
                   const sparsity::Pattern& pattern, const Options& options) {
    const std::uint64_t before = weights.rows * weights.columns *
                                 static_cast<std::uint64_t>(types::bits(weights.file_type) / 8);
    const std::uint64_t after = container.values.size() + container.positions.size();
    fmt::print("in         {}: {}, {} bytes\n", options.in,
               type_and_shape(weights.file_type, weights.rows, weights.columns), before);
    fmt::print("pattern    {}\n", pattern.name);
    fmt::print("values     {}, {} bytes\n",
               type_and_shape(container.value_type, container.rows, container.value_columns),
               container.values.size());
    fmt::print("{:<10} {}, {} bytes{}\n", container.position_name,
               type_and_shape(container.position_type, container.rows, container.position_columns),
               container.positions.size(),
               has_metadata_words(pattern, options) ? fmt::format(", {}", options.order) : "");
    fmt::print("out        {}: {} bytes of tensors, {:.4f} of the input\n", options.out, after,
               static_cast<double>(after) / static_cast<double>(before));
}

void run_compress(const Options& options) {
    const sparsity::Pattern& pattern = sparsity::find_pattern(options.pattern);
    if (!has_metadata_words(pattern, options) && kOrders.at(options.order) != Order::kRowMajor) {
        throw CLI::ValidationError(
            "--order", "'cutlass' is an order of 2:4 metadata, which pattern " + options.pattern +
                           " does not have");
    }
    WeightMatrix weights = read_weights(options.in);
    const Container container = std::visit(
        [&](auto& matrix) {
            return compress_matrix(std::move(matrix), weights.type, pattern, options);
        },
        weights.dense);
    if (weights.type != weights.file_type) {
        warn(fmt::format("{}: {} is written as {} (exact)", options.in,
                         types::name(weights.file_type), types::name(weights.type)));
    }
    if (container.columns != weights.columns) {
        warn(fmt::format("K = {} is padded with zeros to {}", weights.columns, container.columns));
    }
    if (container.rows != weights.rows) {
        warn(fmt::format("M = {} is padded with zeros to {}", weights.rows, container.rows));
    }
    write_container(container, weights, pattern, options);
    print_summary(container, weights, pattern, options);
}

}  // namespace

void add_compress(CLI::App& app, int&) {
    auto options = std::make_shared<Options>();
    CLI::App* compress =
        app.add_subcommand("compress", "Compress a matrix that fits an N:M pattern");
    compress->footer(std::string(kHelp));
    compress->add_option("IN", options->in, "FILE.npy or FILE.safetensors[:TENSOR]")
        ->required()
        ->type_name("");
    compress->add_option("OUT", options->out, "FILE.safetensors")
        ->required()
        ->type_name("")
        ->check([](const std::string& path) {
            return path.ends_with(".safetensors")
                       ? std::string()
                       : "'" + path + "': expected a name ending in .safetensors";
        });
    compress->add_option("--pattern", options->pattern, "N:M")->capture_default_str();
    compress->add_option("--order", options->order, "Order of 2:4 metadata")
        ->check(CLI::IsMember({"row-major", "cutlass"}))
        ->type_name("ORDER")
        ->capture_default_str();
    compress
        ->add_option("--index-format", options->index_format,
                     "Positions as coordinate, bitmask or combinatorial numbers; of 2:4 the\n"
                     "first gives metadata words")
        ->check(CLI::IsMember({"coordinate", "bitmask", "combinatorial"}))
        ->type_name("FORMAT")
        ->capture_default_str();
    compress->callback([options] { run_compress(*options); });
}

}  // namespace sptc::commands
