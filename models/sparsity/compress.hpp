#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/sparsity/dense.hpp"
#include "models/sparsity/pattern.hpp"

namespace sptc::sparsity {

/// An N:M sparse matrix in compressed form: of every group of m elements exactly n are stored, with
/// their positions.
template <Element E>
struct Compressed {
    std::size_t rows = 0;
    std::size_t columns = 0;         ///< logical K, before padding to whole groups
    std::size_t stored_columns = 0;  ///< ceil(columns / m) * n
    std::vector<E> values;           ///< [rows x stored_columns] row-major
    std::vector<std::uint8_t>
        indices;  ///< same shape: position inside the group, ascending in a group
};

/// Gathers the stored elements of a matrix that fits the pattern. A group with fewer than n
/// nonzeros also stores zeros: the missing positions are taken from the last n of the group, lowest
/// first. For 2:4 that gives the codes of PyTorch's encoder
/// (torch/sparse/_semi_structured_conversions.py): no nonzero -> positions 2, 3; only element 0 ->
/// 0, 2; only element 1 -> 1, 2. Stored bits are those of the matrix (padding: +0), so a -0 that is
/// not stored comes back as +0. Throws ConfigError as require_pattern does, naming `what`.
template <Element E>
[[nodiscard]] Compressed<E> compress(const Dense<E>& matrix, const Pattern& pattern,
                                     std::string_view what = "matrix");

/// The dense matrix again: [rows x columns], +0 where nothing is stored. Throws ConfigError naming
/// row and group when positions are not ascending below m, or a nonzero value lies in the padding
/// past the last column.
template <Element E>
[[nodiscard]] Dense<E> expand(const Compressed<E>& compressed, const Pattern& pattern);

}  // namespace sptc::sparsity
