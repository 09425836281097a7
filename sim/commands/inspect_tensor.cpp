#include "sim/commands/inspect_tensor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "models/sparsity/check.hpp"
#include "sim/commands/any_matrix.hpp"
#include "traces/tensor_file/element_format.hpp"
#include "traces/tensor_file/read_matrix.hpp"
#include "traces/tensor_file/safetensors.hpp"

namespace sptc::commands {
namespace {

using sparsity::Dense;
using sparsity::Pattern;

struct Range {
    std::uint64_t zeros = 0;
    std::uint64_t nans = 0;
    std::uint64_t infinities = 0;
    double minimum = std::numeric_limits<double>::infinity();  ///< of the finite elements
    double maximum = -std::numeric_limits<double>::infinity();
};

template <class E>
Range range_of(const Dense<E>& matrix) {
    Range range;
    for (const E element : matrix.elements) {
        const double value = sparsity::to_f64(element);
        range.zeros += value == 0 ? 1 : 0;
        range.nans += std::isnan(value) ? 1 : 0;
        range.infinities += std::isinf(value) ? 1 : 0;
        if (!std::isfinite(value)) continue;
        range.minimum = std::min(range.minimum, value);
        range.maximum = std::max(range.maximum, value);
    }
    return range;
}

double percent(std::uint64_t part, std::uint64_t whole) {
    return 100 * static_cast<double>(part) / static_cast<double>(whole);
}

void print_range(const Range& range, std::uint64_t elements) {
    fmt::print("zeros      {} of {} elements ({:.2f} %)\n", range.zeros, elements,
               percent(range.zeros, elements));
    if (range.minimum <= range.maximum) {
        fmt::print("range      {:.6g} to {:.6g}\n", range.minimum, range.maximum);
    }
    if (range.nans + range.infinities > 0) {
        fmt::print("NaN        {}, infinite {} (not in the range)\n", range.nans, range.infinities);
    }
}

/// How many groups have 0, 1, ... m nonzeros.
template <class E>
std::vector<std::uint64_t> nonzeros_per_group(const Dense<E>& matrix, const Pattern& pattern) {
    std::vector<std::uint64_t> groups(static_cast<std::size_t>(pattern.m) + 1);
    for (std::size_t r = 0; r < matrix.rows; ++r) {
        for (std::size_t g = 0; g < sparsity::groups_per_row(matrix.columns, pattern); ++g) {
            const auto mask = sparsity::nonzero_mask(group_of(matrix.row(r), g, pattern));
            ++groups[static_cast<std::size_t>(std::popcount(mask))];
        }
    }
    return groups;
}

template <class E>
void print_patterns(const Dense<E>& matrix) {
    for (const Pattern& pattern : sparsity::patterns()) {
        const auto violation = sparsity::find_violation(matrix, pattern);
        fmt::print("fits {}   {}\n", pattern.name,
                   violation ? fmt::format("no: row {}, columns {}..{} have {} nonzeros",
                                           violation->row, violation->first_column,
                                           violation->first_column + violation->columns - 1,
                                           violation->nonzeros)
                             : "yes");
    }
}

template <class E>
void print_groups_of_four(const Dense<E>& matrix) {
    const auto groups = nonzeros_per_group(matrix, sparsity::find_pattern("2:4"));
    std::uint64_t all = 0;
    for (const std::uint64_t count : groups) all += count;
    fmt::print("groups of four with so many nonzeros:\n");
    for (std::size_t nonzeros = 0; nonzeros < groups.size(); ++nonzeros) {
        fmt::print("  {}        {:>12}  {:6.2f} %\n", nonzeros, groups[nonzeros],
                   percent(groups[nonzeros], all));
    }
}

void inspect_elements(const std::string& path) {
    tensor_file::Tensor tensor = tensor_file::read_tensor(path);
    const bool is_matrix = tensor.shape.size() == 2;
    fmt::print("tensor     {}\n", path);
    fmt::print("type       {} {}, {} bytes\n", types::name(tensor.matrix.type),
               tensor_file::shape_text(tensor.shape), tensor.matrix.data.size());
    std::visit(
        [is_matrix](const auto& dense) {
            print_range(range_of(dense), dense.elements.size());
            if (!is_matrix) return;
            print_patterns(dense);
            print_groups_of_four(dense);
        },
        take_dense(std::move(tensor.matrix)));
}

bool is_weight_matrix(const tensor_file::TensorEntry& tensor) {
    const auto type = tensor_file::safetensors_type(tensor.dtype);
    return tensor.shape.size() == 2 && type && types::row(*type).exponent_bits > 0;
}

void list_tensors(const std::string& path) {
    const std::vector<tensor_file::TensorEntry> tensors = tensor_file::list_safetensors(path);
    std::size_t width = 0;
    std::uint64_t bytes = 0;
    for (const tensor_file::TensorEntry& tensor : tensors) {
        width = std::max(width, tensor.name.size());
        bytes += tensor.end - tensor.begin;
    }
    fmt::print("{}: {} tensors, {} bytes\n", path, tensors.size(), bytes);
    for (const tensor_file::TensorEntry& tensor : tensors) {
        fmt::print("  {:<{}}  {:<5} {}\n", tensor.name, width, tensor.dtype,
                   tensor_file::shape_text(tensor.shape));
    }
    const auto weights = std::find_if(tensors.begin(), tensors.end(), is_weight_matrix);
    if (weights == tensors.end()) return;
    fmt::print("More about one: sptc inspect {}:{}\n", path, weights->name);
}

}  // namespace

void inspect_tensor(const std::string& path) {
    const tensor_file::TensorPath parsed = tensor_file::parse_tensor_path(path);
    if (parsed.file.extension() == ".safetensors" && parsed.tensor.empty()) {
        list_tensors(path);
    } else {
        inspect_elements(path);
    }
}

}  // namespace sptc::commands
