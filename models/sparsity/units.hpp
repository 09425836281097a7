#pragma once
#include <cstddef>

#include "models/sparsity/compress.hpp"
#include "models/sparsity/dense.hpp"
#include "models/sparsity/pattern.hpp"
#include "models/sparsity/prune.hpp"

namespace sptc::sparsity {

// Patterns whose unit is several adjacent elements: 4:8 of 4-bit types keeps 2 of 4 pairs (PTX ISA,
// "Sparse matrix storage"). A pattern here counts units; with one element a unit these are prune()
// and compress().

/// Magnitude pruning by units: of every group those with the largest sum of |w| stay.
PruneReport prune_units(Dense<double>& matrix, const Pattern& pattern, std::size_t unit);

/// The stored elements of a matrix that fits the pattern, units whole; a last unit beyond the
/// matrix is padded with +0. Indices are those of units, one for each stored unit. Throws
/// ConfigError as require_pattern does (columns count units), naming `what`.
[[nodiscard]] Compressed<double> compress_units(const Dense<double>& matrix, const Pattern& pattern,
                                                std::size_t unit, std::string_view what = "matrix");

}  // namespace sptc::sparsity
