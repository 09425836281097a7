#include "models/sparsity/prune.hpp"

#include <array>
#include <cmath>

namespace sptc::sparsity {
namespace {

/// Bit i is set when element i is among the n largest. Padding is zero and comes last, so it never
/// displaces an element.
template <Element E>
std::uint64_t largest_mask(std::span<const E> group, int n) {
    std::array<decltype(magnitude_key(E{})), kMaxGroup> keys;
    for (std::size_t i = 0; i < group.size(); ++i) keys[i] = magnitude_key(group[i]);
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < group.size(); ++i) {
        int ahead = 0;  // elements that are kept before this one
        for (std::size_t j = 0; j < i; ++j) ahead += keys[j] >= keys[i] ? 1 : 0;
        for (std::size_t j = i + 1; j < group.size(); ++j) ahead += keys[j] > keys[i] ? 1 : 0;
        mask |= std::uint64_t{ahead < n} << i;
    }
    return mask;
}

/// |w| scaled by a power of two (exact), so that no sum of doubles overflows; 0 for NaN and
/// infinity.
template <Element E>
double scaled_magnitude(E element) {
    const double value = to_f64(element);
    return std::isfinite(value) ? std::fabs(value) * 0x1p-64 : 0.0;
}

}  // namespace

template <Element E>
PruneReport prune(Dense<E>& matrix, const Pattern& pattern) {
    check_arguments(matrix, pattern);
    PruneReport report;
    double sum_before = 0.0;
    double sum_kept = 0.0;
    for (std::size_t r = 0; r < matrix.rows; ++r) {
        for (std::size_t g = 0; g < groups_per_row(matrix.columns, pattern); ++g) {
            const std::span<E> group = group_of(matrix.row(r), g, pattern);
            const std::uint64_t kept = largest_mask(std::span<const E>(group), pattern.n);
            for (std::size_t i = 0; i < group.size(); ++i) {
                const double magnitude = scaled_magnitude(group[i]);
                sum_before += magnitude;
                if ((kept >> i & 1) == 0) {
                    group[i] = E{};
                } else {
                    sum_kept += magnitude;
                }
                ++(is_zero(group[i]) ? report.zeros : report.kept);
            }
        }
    }
    if (sum_before > 0.0) report.retained_magnitude = sum_kept / sum_before;
    return report;
}

template PruneReport prune(Dense<std::uint16_t>&, const Pattern&);
template PruneReport prune(Dense<float>&, const Pattern&);
template PruneReport prune(Dense<double>&, const Pattern&);

}  // namespace sptc::sparsity
