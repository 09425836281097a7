#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "models/base/error.hpp"
#include "models/sparsity/element.hpp"
#include "models/sparsity/pattern.hpp"

namespace sptc::sparsity {

/// Groups are held as 64-bit masks, so this is the largest M of an N:M pattern.
inline constexpr int kMaxGroup = 64;

/// A dense matrix [rows x columns], row-major without gaps. Columns run along K: groups of a
/// pattern lie in a row.
template <Element E>
struct Dense {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<E> elements;  ///< rows * columns

    [[nodiscard]] std::span<E> row(std::size_t r) {
        return std::span(elements).subspan(r * columns, columns);
    }
    [[nodiscard]] std::span<const E> row(std::size_t r) const {
        return std::span(elements).subspan(r * columns, columns);
    }
    bool operator==(const Dense&) const = default;
};

/// Aligned groups in a row of `columns` elements; the last one may be partial and counts as padded
/// with zeros.
[[nodiscard]] inline std::size_t groups_per_row(std::size_t columns, const Pattern& pattern) {
    const auto m = static_cast<std::size_t>(pattern.m);
    return columns / m + (columns % m != 0 ? 1 : 0);
}

/// K rounded up to whole groups.
[[nodiscard]] inline std::size_t padded_columns(std::size_t columns, const Pattern& pattern) {
    return groups_per_row(columns, pattern) * static_cast<std::size_t>(pattern.m);
}

/// Stored elements of a compressed row of `columns` logical elements: n for each group.
[[nodiscard]] inline std::size_t stored_columns(std::size_t columns, const Pattern& pattern) {
    return groups_per_row(columns, pattern) * static_cast<std::size_t>(pattern.n);
}

/// The elements of one group that lie inside the row: m of them, fewer at the end of a row.
template <class T>
[[nodiscard]] std::span<T> group_of(std::span<T> row, std::size_t group, const Pattern& pattern) {
    const auto m = static_cast<std::size_t>(pattern.m);
    return row.subspan(group * m, std::min(m, row.size() - group * m));
}

/// Bit i is set when element i of the group is nonzero.
template <Element E>
[[nodiscard]] std::uint64_t nonzero_mask(std::span<const E> group) {
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < group.size(); ++i) {
        mask |= std::uint64_t{!is_zero(group[i])} << i;
    }
    return mask;
}

/// Asserts what every function of this folder relies on.
template <Element E>
void check_arguments(const Dense<E>& matrix, const Pattern& pattern) {
    SPTC_ASSERT(matrix.elements.size() == matrix.rows * matrix.columns);
    SPTC_ASSERT(0 < pattern.n && pattern.n <= pattern.m && pattern.m <= kMaxGroup);
}

}  // namespace sptc::sparsity
