#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <map>
#include <memory>

#include "models/base/error.hpp"
#include "models/sparsity/compress.hpp"
#include "models/sparsity/index_format.hpp"
#include "models/sparsity/metadata.hpp"
#include "models/sparsity/metadata_order.hpp"
#include "sim/commands/any_matrix.hpp"
#include "sim/commands/command.hpp"
#include "traces/tensor_file/npy.hpp"
#include "traces/tensor_file/safetensors.hpp"

namespace sptc::commands {
namespace {

constexpr std::string_view kSchema = "sptc.compressed/1";
constexpr std::string_view kHelp =
    R"(The inverse of `sptc compress`: IN is one of its files, OUT the dense [M x K] again, in the type of
the stored values, without the zeros that compress padded it with. Values and positions that do not
belong together are an error with row and group.

Examples:
  sptc expand compressed.safetensors dense.npy
  sptc inspect dense.npy)";

using Text = std::map<std::string, std::string>;

const std::string& entry(const Text& text, const std::string& file, const char* name) {
    const auto found = text.find(name);
    if (found == text.end())
        throw base::ConfigError(
            fmt::format("{}: no text entry '{}': expected a file of sptc compress", file, name));
    return found->second;
}

std::size_t number(const Text& text, const std::string& file, const char* name) {
    const std::string& digits = entry(text, file, name);
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value == 0)
        throw base::ConfigError(
            fmt::format("{}: {} '{}': expected a whole number", file, name, digits));
    return value;
}

void require(bool holds, const std::string& file, std::string_view tensor, std::string_view what) {
    if (!holds) throw base::ConfigError(fmt::format("{}: {}: expected {}", file, tensor, what));
}

/// The positions of 2:4 metadata words [rows x words].
std::vector<std::uint8_t> positions_of_metadata(const std::string& file, const std::string& order,
                                                std::size_t rows, std::size_t words) {
    const tensor_file::Matrix tensor = tensor_file::read_safetensors(file, "metadata");
    require(tensor.type == types::DataType::kU16 && tensor.rows == rows && tensor.columns == words,
            file, "metadata", type_and_shape(types::DataType::kU16, rows, words));
    auto found = tensor_file::elements_of<std::uint16_t>(tensor);
    if (order == "cutlass")
        found = sparsity::restore_metadata(std::span<const std::uint16_t>(found), rows);
    return sparsity::decode_metadata(found, words, file + ": metadata");
}

/// The positions of packed groups, a row starting with a byte.
std::vector<std::uint8_t> positions_of_indices(const std::string& file,
                                               const sparsity::Pattern& pattern,
                                               sparsity::IndexFormat format, std::size_t rows,
                                               std::size_t groups) {
    const tensor_file::Matrix tensor = tensor_file::read_safetensors(file, "indices");
    const auto group_bits = static_cast<std::size_t>(sparsity::group_bits(format, pattern));
    const std::size_t bytes = (groups * group_bits + 7) / 8;
    require(tensor.type == types::DataType::kU8 && tensor.rows == rows && tensor.columns == bytes,
            file, "indices", type_and_shape(types::DataType::kU8, rows, bytes));
    const auto n = static_cast<std::size_t>(pattern.n);
    std::vector<std::uint8_t> positions(rows * groups * n);
    for (std::size_t row = 0; row < rows; ++row) {
        sparsity::BitReader bits(std::span(tensor.data).subspan(row * bytes, bytes));
        for (std::size_t group = 0; group < groups; ++group) {
            const auto of_group = std::span(positions).subspan((row * groups + group) * n, n);
            if (!sparsity::read_group(format, pattern, bits, of_group))
                throw base::ConfigError(
                    fmt::format("{}: indices, row {}, group {}: not {} positions of a group of {}",
                                file, row, group, pattern.n, pattern.m));
        }
    }
    return positions;
}

/// The first rows and columns; the others are the padding of compress.
template <class E>
sparsity::Dense<E> without_padding(const sparsity::Dense<E>& matrix, std::size_t rows,
                                   std::size_t columns, const std::string& file) {
    require(rows <= matrix.rows && columns <= matrix.columns, file, "values",
            fmt::format("at least {} x {} elements", rows, columns));
    sparsity::Dense<E> result{rows, columns, {}};
    for (std::size_t row = 0; row < matrix.rows; ++row) {
        const std::span<const E> all = matrix.row(row);
        const std::size_t inside = row < rows ? columns : 0;
        result.elements.insert(result.elements.end(), all.begin(),
                               all.begin() + static_cast<std::ptrdiff_t>(inside));
        for (const E element : all.subspan(inside))
            require(sparsity::is_zero(element), file, "values", "zeros in the padding");
    }
    return result;
}

void run_expand(const std::string& in, const std::string& out) {
    const Text text = tensor_file::read_safetensors_text(in);
    require(entry(text, in, "schema") == kSchema, in, "schema", kSchema);
    const sparsity::Pattern& pattern = sparsity::find_pattern(entry(text, in, "pattern"));
    const sparsity::IndexFormat format =
        sparsity::parse_index_format(entry(text, in, "index_format"));
    const std::string& order = entry(text, in, "order");
    require(order == "row-major" || order == "cutlass", in, "order", "row-major or cutlass");

    tensor_file::Matrix values = tensor_file::read_safetensors(in, "values");
    const types::DataType type = values.type;
    require(type == types::DataType::kF16 || type == types::DataType::kF32 ||
                type == types::DataType::kF64,
            in, "values", "f16, f32 or f64");
    const std::size_t rows = values.rows, stored = values.columns;
    const std::size_t groups = stored / static_cast<std::size_t>(pattern.n);
    const std::size_t padded = groups * static_cast<std::size_t>(pattern.m);
    const bool words =
        pattern.n == 2 && pattern.m == 4 && format == sparsity::IndexFormat::kCoordinate;
    require(stored % static_cast<std::size_t>(words ? sparsity::kStoredPerWord : pattern.n) == 0,
            in, "values", "whole groups in a row");
    const std::vector<std::uint8_t> positions =
        words ? positions_of_metadata(in, order, rows, padded / sparsity::kColumnsPerWord)
              : positions_of_indices(in, pattern, format, rows, groups);
    AnyDense dense_values = take_dense(std::move(values));
    std::visit(
        [&](auto& stored_values) {
            using E = typename std::decay_t<decltype(stored_values.elements)>::value_type;
            const sparsity::Compressed<E> compressed{rows, padded, stored,
                                                     std::move(stored_values.elements), positions};
            const sparsity::Dense<E> dense =
                without_padding(sparsity::expand(compressed, pattern), number(text, in, "rows"),
                                number(text, in, "columns"), in);
            tensor_file::write_npy(out, type,
                                   std::array<std::uint64_t, 2>{dense.rows, dense.columns},
                                   bytes_of(dense.elements));
            fmt::print("in         {}: {}, pattern {}\n", in, type_and_shape(type, rows, stored),
                       pattern.name);
            fmt::print("out        {}: {}\n", out, type_and_shape(type, dense.rows, dense.columns));
        },
        dense_values);
}

}  // namespace

void add_expand(CLI::App& app, int&) {
    auto paths = std::make_shared<std::pair<std::string, std::string>>();
    CLI::App* expand = app.add_subcommand("expand", "Write the dense matrix of a compressed one");
    expand->footer(std::string(kHelp));
    expand->add_option("IN", paths->first, "FILE.safetensors of sptc compress")
        ->required()
        ->type_name("");
    expand->add_option("OUT", paths->second, "FILE.npy")
        ->required()
        ->type_name("")
        ->check([](const std::string& path) {
            return path.ends_with(".npy") ? std::string()
                                          : "'" + path + "': expected a name ending in .npy";
        });
    expand->callback([paths] { run_expand(paths->first, paths->second); });
}

}  // namespace sptc::commands
