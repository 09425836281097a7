#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

#include "models/sparsity/dense.hpp"
#include "models/sparsity/pattern.hpp"

namespace sptc::sparsity {

/// A group with more nonzero elements than its pattern allows.
struct Violation {
    std::size_t row;
    std::size_t first_column;  ///< of the group
    std::size_t columns;       ///< elements of the group: m, fewer at the end of a row
    int nonzeros;
};

/// The first group in row-major order that has more than n nonzero elements; nothing when the
/// matrix fits its pattern.
template <Element E>
[[nodiscard]] std::optional<Violation> find_violation(const Dense<E>& matrix,
                                                      const Pattern& pattern);

/// Throws ConfigError when the matrix does not fit the pattern: names `what` (a file, "A"), the
/// pattern, and the first bad row and group with its values.
template <Element E>
void require_pattern(const Dense<E>& matrix, const Pattern& pattern, std::string_view what);

}  // namespace sptc::sparsity
