#include "models/reference/gemm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/base/error.hpp"
#include "models/base/parallel.hpp"

namespace sptc::reference {
namespace {

constexpr std::size_t kRowsPerReport = 64;  ///< rows between two calls of a progress function

std::size_t divide_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit; }

/// Does an array of `elements` hold [rows x columns] with this pitch?
bool holds(std::size_t elements, std::size_t rows, std::size_t columns, std::size_t pitch) {
    return rows == 0 || columns == 0 ||
           (pitch >= columns && elements >= (rows - 1) * pitch + columns);
}

std::size_t element_count(const FloatFormat& format, std::span<const std::byte> bytes) {
    return bytes.size() / (static_cast<std::size_t>(format.bits()) / 8);
}

double to_f64(const FloatFormat& format, std::uint32_t bits) {
    return to_f64(format, decode(format, bits));
}

}  // namespace

void GemmReference::Operands::resize(std::size_t elements) {
    numbers.resize(elements);
    values.resize(elements);
}

void GemmReference::Operands::set(std::size_t element, const FloatFormat& format,
                                  std::uint32_t bits) {
    numbers[element] = decode(format, bits);
    values[element] = to_f64(format, numbers[element]);
}

GemmReference::GemmReference(const GemmOperands& operands)
    : rules_(group_rules(operands.form, operands.arithmetic)), m_(operands.m), n_(operands.n) {
    const auto form_k = static_cast<std::size_t>(operands.form.k_logical);
    const std::size_t least = divide_up(operands.k, form_k);
    const std::size_t instructions = operands.instructions == 0 ? least : operands.instructions;
    SPTC_ASSERT(m_ > 0 && n_ > 0 && operands.k > 0 && instructions >= least);
    SPTC_ASSERT(operands.form.sparse() || operands.indices.empty());
    stored_ = instructions * static_cast<std::size_t>(operands.form.k_stored);
    column_pitch_ = instructions * form_k;
    load_a(operands);
    load_b(operands);
    load_c(operands);
}

void GemmReference::load_a(const GemmOperands& operands) {
    const bool sparse = operands.form.sparse();
    const auto group_m = sparse ? static_cast<std::size_t>(operands.form.pattern->m) : 1;
    const auto group_n = sparse ? static_cast<std::size_t>(operands.form.pattern->n) : 1;
    const std::size_t given = divide_up(operands.k, group_m) * group_n;
    SPTC_ASSERT(holds(element_count(rules_.a, operands.a), m_, given, operands.lda));
    SPTC_ASSERT(!sparse || holds(operands.indices.size(), m_, given, operands.indices_pitch));
    a_.resize(m_ * stored_);
    for (std::size_t row = 0; row < m_; ++row) {
        for (std::size_t j = 0; j < given; ++j) {
            a_.set(row * stored_ + j, rules_.a,
                   load_bits(rules_.a, operands.a, row * operands.lda + j));
        }
    }
    k_of_pitch_ = sparse ? stored_ : 0;
    k_of_.resize(sparse ? m_ * stored_ : stored_);
    if (!sparse) {
        std::iota(k_of_.begin(), k_of_.end(), 0u);
        return;
    }
    for (std::size_t row = 0; row < m_; ++row) {
        for (std::size_t j = 0; j < stored_; ++j) {
            // Padding meets padding: its groups lie beyond K.
            const std::size_t index =
                j < given ? operands.indices[row * operands.indices_pitch + j] : 0;
            if (index >= group_m) {
                throw base::ConfigError(fmt::format(
                    "A row {}, stored element {}: index {}, expected 0 to {} (pattern {})", row, j,
                    index, group_m - 1, operands.form.pattern->name));
            }
            k_of_[row * stored_ + j] = static_cast<std::uint32_t>(j / group_n * group_m + index);
        }
    }
}

void GemmReference::load_b(const GemmOperands& operands) {
    SPTC_ASSERT(holds(element_count(rules_.b, operands.b), operands.k, n_, operands.ldb));
    b_.resize(n_ * column_pitch_);
    for (std::size_t k = 0; k < operands.k; ++k) {
        for (std::size_t column = 0; column < n_; ++column) {
            b_.set(column * column_pitch_ + k, rules_.b,
                   load_bits(rules_.b, operands.b, k * operands.ldb + column));
        }
    }
}

void GemmReference::load_c(const GemmOperands& operands) {
    c_.resize(m_ * n_);
    if (operands.c.empty()) return;
    const FloatFormat& format = rules_.accumulator;
    SPTC_ASSERT(holds(element_count(format, operands.c), m_, n_, operands.ldc));
    for (std::size_t row = 0; row < m_; ++row) {
        for (std::size_t column = 0; column < n_; ++column) {
            c_[row * n_ + column] = load_bits(format, operands.c, row * operands.ldc + column);
        }
    }
}

std::uint32_t GemmReference::element(std::size_t row, std::size_t column,
                                     std::span<Number> selected) const {
    const Number* b = &b_.numbers[column * column_pitch_];
    const std::uint32_t* k_of = &k_of_[row * k_of_pitch_];
    for (std::size_t j = 0; j < stored_; ++j) selected[j] = b[k_of[j]];
    const auto a = std::span(a_.numbers).subspan(row * stored_, stored_);
    return chained_dot_add(rules_, a, selected, c_[row * n_ + column]);
}

std::vector<std::uint32_t> GemmReference::row(std::size_t row) const {
    SPTC_ASSERT(row < m_);
    std::vector<std::uint32_t> bits(n_);
    std::vector<Number> selected(stored_);
    for (std::size_t column = 0; column < n_; ++column) {
        bits[column] = element(row, column, selected);
    }
    return bits;
}

GemmReference::Float64Sum GemmReference::float64_sum(std::size_t row, std::size_t column) const {
    const double* a = &a_.values[row * stored_];
    const double* b = &b_.values[column * column_pitch_];
    const std::uint32_t* k_of = &k_of_[row * k_of_pitch_];
    const double addend = to_f64(rules_.accumulator, c_[row * n_ + column]);
    Float64Sum sum{addend, std::abs(addend)};
    for (std::size_t j = 0; j < stored_; ++j) {
        const double product = a[j] * b[k_of[j]];
        sum.value += product;
        sum.magnitude += std::abs(product);
    }
    return sum;
}

GemmCheck GemmReference::check_row(std::size_t row, std::span<const std::byte> d) const {
    const double smallest_normal =
        to_f64(rules_.accumulator, 1u << rules_.accumulator.fraction_bits);
    GemmCheck result;
    result.elements = n_;
    std::vector<Number> selected(stored_);
    for (std::size_t column = 0; column < n_; ++column) {
        const std::uint32_t expected = element(row, column, selected);
        const std::uint32_t got = load_bits(rules_.accumulator, d, column);
        if (got != expected) {
            if (!result.first) result.first = {row, column, got, expected};
            ++result.mismatches;
        }
        const double value = to_f64(rules_.accumulator, got);
        const Float64Sum sum = float64_sum(row, column);
        if (!std::isfinite(value) || !std::isfinite(sum.value)) {
            ++result.non_finite;
            continue;
        }
        const double error = std::abs(value - sum.value);
        result.max_relative_error = std::max(
            result.max_relative_error, error / std::max(std::abs(sum.value), smallest_normal));
        result.max_scaled_error =
            std::max(result.max_scaled_error, error / std::max(sum.magnitude, smallest_normal));
    }
    return result;
}

GemmCheck GemmReference::check(std::span<const std::byte> d, std::size_t ldd, unsigned threads,
                               const std::function<void(double)>& progress) const {
    SPTC_ASSERT(holds(element_count(rules_.accumulator, d), m_, n_, ldd));
    const auto element_bytes = static_cast<std::size_t>(rules_.accumulator.bits()) / 8;
    std::vector<GemmCheck> rows(m_);
    const auto check_one = [&](std::size_t row) {
        rows[row] = check_row(row, d.subspan(row * ldd * element_bytes, n_ * element_bytes));
    };
    for (std::size_t begin = 0; begin < m_; begin += kRowsPerReport) {
        base::parallel_for(begin, std::min(begin + kRowsPerReport, m_), check_one, threads);
        if (progress) progress(static_cast<double>(begin) / static_cast<double>(m_));
    }
    GemmCheck total;
    for (const GemmCheck& row : rows) {
        if (!total.first) total.first = row.first;
        total.elements += row.elements;
        total.mismatches += row.mismatches;
        total.non_finite += row.non_finite;
        total.max_relative_error = std::max(total.max_relative_error, row.max_relative_error);
        total.max_scaled_error = std::max(total.max_scaled_error, row.max_scaled_error);
    }
    return total;
}

}  // namespace sptc::reference
