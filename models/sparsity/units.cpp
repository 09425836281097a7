#include "models/sparsity/units.hpp"

#include <cmath>

namespace sptc::sparsity {
namespace {

/// [rows x units]: what a unit is worth.
Dense<double> magnitudes(const Dense<double>& matrix, std::size_t unit) {
    const std::size_t units = (matrix.columns + unit - 1) / unit;
    Dense<double> out{matrix.rows, units, std::vector<double>(matrix.rows * units)};
    for (std::size_t r = 0; r < matrix.rows; ++r) {
        const auto row = matrix.row(r);
        for (std::size_t c = 0; c < row.size(); ++c) out.row(r)[c / unit] += std::fabs(row[c]);
    }
    return out;
}

}  // namespace

PruneReport prune_units(Dense<double>& matrix, const Pattern& pattern, std::size_t unit) {
    if (unit == 1) return prune(matrix, pattern);
    Dense<double> kept = magnitudes(matrix, unit);
    PruneReport report;
    report.retained_magnitude = prune(kept, pattern).retained_magnitude;
    for (std::size_t r = 0; r < matrix.rows; ++r) {
        const auto row = matrix.row(r);
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (is_zero(kept.row(r)[c / unit])) row[c] = 0;
            ++(is_zero(row[c]) ? report.zeros : report.kept);
        }
    }
    return report;
}

Compressed<double> compress_units(const Dense<double>& matrix, const Pattern& pattern,
                                  std::size_t unit, std::string_view what) {
    if (unit == 1) return compress(matrix, pattern, what);
    Compressed<double> out = compress(magnitudes(matrix, unit), pattern, what);
    const auto n = static_cast<std::size_t>(pattern.n);
    const auto m = static_cast<std::size_t>(pattern.m);
    std::vector<double> values;
    values.reserve(out.values.size() * unit);
    for (std::size_t i = 0; i < out.indices.size(); ++i) {
        const std::size_t stored = i % out.stored_columns;
        const auto row = matrix.row(i / out.stored_columns);
        const std::size_t first = (stored / n * m + out.indices[i]) * unit;
        for (std::size_t c = first; c < first + unit; ++c) {
            values.push_back(c < row.size() ? row[c] : 0.0);
        }
    }
    out.columns = matrix.columns;
    out.stored_columns *= unit;
    out.values = std::move(values);
    return out;
}

}  // namespace sptc::sparsity
