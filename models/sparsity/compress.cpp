#include "models/sparsity/compress.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>

#include "models/base/error.hpp"
#include "models/sparsity/check.hpp"

namespace sptc::sparsity {
namespace {

/// Fills the mask of nonzeros up to n positions. The last n positions always have room for what is
/// missing.
std::uint64_t with_stored_zeros(std::uint64_t nonzeros, const Pattern& pattern) {
    std::uint64_t stored = nonzeros;
    int missing = pattern.n - std::popcount(nonzeros);
    for (int position = pattern.m - pattern.n; missing > 0; ++position) {
        const std::uint64_t bit = std::uint64_t{1} << position;
        if ((stored & bit) != 0) continue;
        stored |= bit;
        --missing;
    }
    return stored;
}

/// Throws unless the positions of one stored group are ascending and below m.
void check_positions(std::span<const std::uint8_t> positions, const Pattern& pattern,
                     std::size_t row, std::size_t group) {
    int previous = -1;
    for (const std::uint8_t position : positions) {
        if (position <= previous || position >= pattern.m) {
            throw base::ConfigError(
                fmt::format("row {}, group {}: stored positions ({}) of pattern {}: expected "
                            "ascending numbers from 0 to {}",
                            row, group, fmt::join(positions, ", "), pattern.name, pattern.m - 1));
        }
        previous = position;
    }
}

}  // namespace

template <Element E>
Compressed<E> compress(const Dense<E>& matrix, const Pattern& pattern, std::string_view what) {
    require_pattern(matrix, pattern, what);
    Compressed<E> out{matrix.rows, matrix.columns, stored_columns(matrix.columns, pattern), {}, {}};
    out.values.reserve(out.rows * out.stored_columns);
    out.indices.reserve(out.rows * out.stored_columns);
    for (std::size_t r = 0; r < matrix.rows; ++r) {
        for (std::size_t g = 0; g < groups_per_row(matrix.columns, pattern); ++g) {
            const std::span<const E> group = group_of(matrix.row(r), g, pattern);
            std::uint64_t stored = with_stored_zeros(nonzero_mask(group), pattern);
            for (; stored != 0; stored &= stored - 1) {
                const auto position = static_cast<std::size_t>(std::countr_zero(stored));
                out.values.push_back(position < group.size() ? group[position] : E{});
                out.indices.push_back(static_cast<std::uint8_t>(position));
            }
        }
    }
    return out;
}

template <Element E>
Dense<E> expand(const Compressed<E>& compressed, const Pattern& pattern) {
    SPTC_ASSERT(compressed.stored_columns == stored_columns(compressed.columns, pattern));
    SPTC_ASSERT(compressed.values.size() == compressed.rows * compressed.stored_columns);
    SPTC_ASSERT(compressed.indices.size() == compressed.values.size());
    Dense<E> out{compressed.rows, compressed.columns,
                 std::vector<E>(compressed.rows * compressed.columns)};
    check_arguments(out, pattern);
    const auto n = static_cast<std::size_t>(pattern.n);
    std::size_t next = 0;
    for (std::size_t r = 0; r < out.rows; ++r) {
        for (std::size_t g = 0; g < groups_per_row(out.columns, pattern); ++g, next += n) {
            const auto positions = std::span(compressed.indices).subspan(next, n);
            check_positions(positions, pattern, r, g);
            const std::span<E> group = group_of(out.row(r), g, pattern);
            for (std::size_t i = 0; i < n; ++i) {
                const E value = compressed.values[next + i];
                if (positions[i] < group.size()) {
                    group[positions[i]] = value;
                } else if (!is_zero(value)) {
                    throw base::ConfigError(fmt::format(
                        "row {}, group {}: the nonzero value {} is stored at column {}, past the "
                        "last column {}",
                        r, g, to_f64(value), g * static_cast<std::size_t>(pattern.m) + positions[i],
                        out.columns - 1));
                }
            }
        }
    }
    return out;
}

template Compressed<std::uint16_t> compress(const Dense<std::uint16_t>&, const Pattern&,
                                            std::string_view);
template Compressed<float> compress(const Dense<float>&, const Pattern&, std::string_view);
template Compressed<double> compress(const Dense<double>&, const Pattern&, std::string_view);
template Dense<std::uint16_t> expand(const Compressed<std::uint16_t>&, const Pattern&);
template Dense<float> expand(const Compressed<float>&, const Pattern&);
template Dense<double> expand(const Compressed<double>&, const Pattern&);

}  // namespace sptc::sparsity
