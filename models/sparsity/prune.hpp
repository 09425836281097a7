#pragma once
#include <cstdint>

#include "models/sparsity/dense.hpp"
#include "models/sparsity/pattern.hpp"

namespace sptc::sparsity {

/// What pruning left of a matrix.
struct PruneReport {
    /// sum of |w| kept / sum of |w| before, in [0, 1]; added in row-major order, so the same input
    /// gives the same bits. NaN and infinity are left out of both sums; 1 when nothing was there to
    /// lose.
    double retained_magnitude = 1.0;
    std::uint64_t kept = 0;   ///< nonzero elements after pruning
    std::uint64_t zeros = 0;  ///< zero elements after pruning; kept + zeros = rows * columns
};

/// Magnitude pruning in place (Mishra et al., arXiv:2104.08378: keep the largest |w| of each
/// group): of every aligned group of m elements of a row the n largest |w| stay with their bits,
/// the others become +0 (a -0 loses its sign). Ties keep the lower column; NaN counts as larger
/// than infinity; a last partial group counts as padded with zeros.
template <Element E>
PruneReport prune(Dense<E>& matrix, const Pattern& pattern);

}  // namespace sptc::sparsity
