#include "models/sparsity/check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <vector>

#include "models/base/error.hpp"

namespace sptc::sparsity {

template <Element E>
std::optional<Violation> find_violation(const Dense<E>& matrix, const Pattern& pattern) {
    check_arguments(matrix, pattern);
    for (std::size_t r = 0; r < matrix.rows; ++r) {
        for (std::size_t g = 0; g < groups_per_row(matrix.columns, pattern); ++g) {
            const std::span<const E> group = group_of(matrix.row(r), g, pattern);
            const int nonzeros = std::popcount(nonzero_mask(group));
            if (nonzeros > pattern.n) {
                return Violation{r, g * static_cast<std::size_t>(pattern.m), group.size(),
                                 nonzeros};
            }
        }
    }
    return std::nullopt;
}

template <Element E>
void require_pattern(const Dense<E>& matrix, const Pattern& pattern, std::string_view what) {
    const std::optional<Violation> bad = find_violation(matrix, pattern);
    if (!bad) return;
    std::vector<double> values;
    for (const E element : matrix.row(bad->row).subspan(bad->first_column, bad->columns)) {
        values.push_back(to_f64(element));
    }
    throw base::ConfigError(fmt::format(
        "{}: not {} sparse: row {}, columns {}..{} hold ({}), {} nonzeros; expected at most {} in "
        "every aligned group of {} along K (prune the matrix first)",
        what, pattern.name, bad->row, bad->first_column, bad->first_column + bad->columns - 1,
        fmt::join(values, ", "), bad->nonzeros, pattern.n, pattern.m));
}

template std::optional<Violation> find_violation(const Dense<std::uint16_t>&, const Pattern&);
template std::optional<Violation> find_violation(const Dense<float>&, const Pattern&);
template std::optional<Violation> find_violation(const Dense<double>&, const Pattern&);
template void require_pattern(const Dense<std::uint16_t>&, const Pattern&, std::string_view);
template void require_pattern(const Dense<float>&, const Pattern&, std::string_view);
template void require_pattern(const Dense<double>&, const Pattern&, std::string_view);

}  // namespace sptc::sparsity
