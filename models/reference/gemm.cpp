#include "models/reference/gemm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/base/error.hpp"
#include "models/base/parallel.hpp"
#include "models/reference/ieee.hpp"
#include "models/reference/metadata.hpp"
#include "models/reference/packed.hpp"

namespace sptc::reference {
namespace {

constexpr std::size_t kRowsPerReport = 64;  ///< rows between two calls of a progress function

std::size_t divide_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit; }

/// Does an array of `elements` hold [rows x columns] with this pitch?
bool holds(std::size_t elements, std::size_t rows, std::size_t columns, std::size_t pitch) {
    return rows == 0 || columns == 0 ||
           (pitch >= columns && elements >= (rows - 1) * pitch + columns);
}

/// Elements that an array holds.
std::size_t element_count(types::DataType type, std::span<const std::byte> bytes) {
    return bytes.size() * 8 / static_cast<std::size_t>(types::bits(type));
}

double to_f64(types::DataType type, std::uint64_t bits) { return to_f64(type, decode(type, bits)); }

/// The sum of two accumulators.
std::uint64_t accumulate(types::DataType type, std::uint64_t x, std::uint64_t y) {
    if (types::row(type).exponent_bits == 0) return static_cast<std::uint32_t>(x + y);
    return add(float_format(type), x, y);
}

/// Below it a relative error says nothing.
double smallest_normal(types::DataType type) {
    if (types::row(type).exponent_bits == 0) return 1;
    return to_f64(type, std::uint64_t{1} << types::row(type).fraction_bits);
}

}  // namespace

void GemmReference::Operands::resize(std::size_t elements) {
    numbers.resize(elements);
    values.resize(elements);
}

void GemmReference::Operands::set(std::size_t element, types::DataType type, const Number& number) {
    numbers[element] = number;
    values[element] = to_f64(type, number);
}

GemmReference::GemmReference(const GemmOperands& operands)
    : form_(operands.form),
      arithmetic_(operands.form, operands.architecture, operands.partition),
      epilogue_(operands.epilogue),
      m_(operands.m),
      n_(operands.n) {
    const auto form_k = static_cast<std::size_t>(form_.k_logical);
    const std::size_t least = divide_up(operands.k, form_k);
    const std::size_t instructions = operands.instructions == 0 ? least : operands.instructions;
    SPTC_ASSERT(m_ > 0 && n_ > 0 && operands.k > 0 && instructions >= least);
    SPTC_ASSERT(form_.c == form_.d);
    SPTC_ASSERT(form_.sparse() || operands.indices.empty());
    stored_ = instructions * static_cast<std::size_t>(form_.k_stored);
    column_pitch_ = instructions * form_k;
    for (const std::size_t slice : operands.slices) {
        SPTC_ASSERT(slice > 0);
        const std::size_t begin = slice_ends_.empty() ? 0 : slice_ends_.back();
        slice_ends_.push_back(begin + slice * static_cast<std::size_t>(form_.k_stored));
    }
    if (slice_ends_.empty()) slice_ends_.push_back(stored_);
    SPTC_ASSERT(slice_ends_.back() == stored_);
    for (std::size_t first = 0; first < stored_; first += arithmetic_.order().size()) {
        for (const std::size_t j : arithmetic_.order()) order_.push_back(first + j);
    }
    load_a(operands);
    load_b(operands);
    load_c(operands);
}

void GemmReference::load_a(const GemmOperands& operands) {
    std::size_t given = operands.k;
    if (form_.sparse()) {
        given = divide_up(operands.k, static_cast<std::size_t>(form_.metadata->chunk_elements)) *
                static_cast<std::size_t>(form_.metadata->stored_elements);
    }
    SPTC_ASSERT(holds(element_count(form_.a, operands.a), m_, given, operands.lda));
    a_.resize(m_ * stored_);
    for (std::size_t row = 0; row < m_; ++row) {
        for (std::size_t i = 0; i < stored_; ++i) {
            if (order_[i] >= given) continue;
            const std::size_t at = row * operands.lda + order_[i];
            a_.set(row * stored_ + i, arithmetic_.multiplied_a(),
                   arithmetic_.decode_a(load_bits(form_.a, operands.a, at)));
        }
    }
    load_k_of(operands, given);
}

void GemmReference::load_k_of(const GemmOperands& operands, std::size_t given) {
    if (!form_.sparse()) {
        k_of_pitch_ = 0;
        k_of_.assign(order_.begin(), order_.end());
        return;
    }
    SPTC_ASSERT(holds(operands.indices.size(), m_, given, operands.indices_pitch));
    const isa::MetadataFormat& format = *form_.metadata;
    k_of_pitch_ = stored_;
    k_of_.resize(m_ * stored_);
    for (std::size_t row = 0; row < m_; ++row) {
        for (std::size_t i = 0; i < stored_; ++i) {
            // Padding meets padding: its chunks lie beyond K.
            const std::size_t j = order_[i];
            const int index = j < given ? operands.indices[row * operands.indices_pitch + j] : 0;
            if (index >= format.chunk_elements) {
                throw base::ConfigError(fmt::format(
                    "A row {}, stored element {}: index {}, expected 0 to {} (pattern {})", row, j,
                    index, format.chunk_elements - 1, format.name));
            }
            k_of_[row * stored_ + i] = static_cast<std::uint32_t>(
                logical_column(format, j, static_cast<std::size_t>(index)));
        }
    }
}

void GemmReference::load_b(const GemmOperands& operands) {
    SPTC_ASSERT(holds(element_count(form_.b, operands.b), operands.k, n_, operands.ldb));
    b_.resize(n_ * column_pitch_);
    for (std::size_t k = 0; k < operands.k; ++k) {
        for (std::size_t column = 0; column < n_; ++column) {
            b_.set(column * column_pitch_ + k, arithmetic_.multiplied_b(),
                   arithmetic_.decode_b(load_bits(form_.b, operands.b, k * operands.ldb + column)));
        }
    }
}

void GemmReference::load_c(const GemmOperands& operands) {
    c_.resize(m_ * n_);
    if (operands.c.empty()) return;
    SPTC_ASSERT(holds(element_count(form_.c, operands.c), m_, n_, operands.ldc));
    for (std::size_t row = 0; row < m_; ++row) {
        for (std::size_t column = 0; column < n_; ++column) {
            c_[row * n_ + column] = load_bits(form_.c, operands.c, row * operands.ldc + column);
        }
    }
}

std::uint64_t GemmReference::element(std::size_t row, std::size_t column,
                                     std::span<Number> selected) const {
    const Number* b = &b_.numbers[column * column_pitch_];
    const std::uint32_t* k_of = &k_of_[row * k_of_pitch_];
    for (std::size_t j = 0; j < stored_; ++j) selected[j] = b[k_of[j]];
    const auto a = std::span(a_.numbers).subspan(row * stored_, stored_);
    const auto step = static_cast<std::size_t>(form_.k_stored);
    const std::uint64_t c = c_[row * n_ + column];
    std::uint64_t total = 0;
    std::size_t first = 0;
    for (const std::size_t end : slice_ends_) {
        const bool first_slice = first == 0;
        std::uint64_t sum = first_slice && !epilogue_.scaled ? c : 0;
        for (; first < end; first += step) {
            sum = arithmetic_.dot_add(a.subspan(first, step), selected.subspan(first, step), sum);
        }
        total = first_slice ? sum : accumulate(form_.d, total, sum);
    }
    return finish(form_.d, epilogue_, total, c, column);
}

std::vector<std::uint64_t> GemmReference::row(std::size_t row) const {
    SPTC_ASSERT(row < m_);
    std::vector<std::uint64_t> bits(n_);
    std::vector<Number> selected(stored_);
    for (std::size_t column = 0; column < n_; ++column) {
        bits[column] = element(row, column, selected);
    }
    return bits;
}

double GemmReference::product(double a, double b) const {
    if (form_.dot == isa::DotKind::kXorPopc) return a != b ? 1 : 0;
    return a * b;
}

GemmReference::Float64Sum GemmReference::float64_sum(std::size_t row, std::size_t column) const {
    const double* a = &a_.values[row * stored_];
    const double* b = &b_.values[column * column_pitch_];
    const std::uint32_t* k_of = &k_of_[row * k_of_pitch_];
    const double c = to_f64(form_.c, c_[row * n_ + column]);
    const double addend = epilogue_.scaled ? 0.0 : c;
    Float64Sum sum{addend, std::abs(addend)};
    for (std::size_t j = 0; j < stored_; ++j) {
        const double term = product(a[j], b[k_of[j]]);
        sum.value += term;
        sum.magnitude += std::abs(term);
    }
    sum.value = finish_f64(form_.d, epilogue_, sum.value, c, column);
    if (epilogue_.scaled) {
        sum.magnitude = std::abs(epilogue_.alpha) * sum.magnitude + std::abs(epilogue_.beta * c);
    }
    return sum;
}

GemmCheck GemmReference::check_row(std::size_t row, std::span<const std::byte> d) const {
    const types::DataType type = output_type(form_.d, epilogue_);
    const double least = smallest_normal(type);
    GemmCheck result;
    result.elements = n_;
    std::vector<Number> selected(stored_);
    for (std::size_t column = 0; column < n_; ++column) {
        const std::uint64_t expected = element(row, column, selected);
        const std::uint64_t got = load_bits(type, d, column);
        if (got != expected) {
            if (!result.first) result.first = {row, column, got, expected};
            ++result.mismatches;
        }
        const double value = to_f64(type, got);
        const Float64Sum sum = float64_sum(row, column);
        if (!std::isfinite(value) || !std::isfinite(sum.value)) {
            ++result.non_finite;
            continue;
        }
        const double error = std::abs(value - sum.value);
        result.max_relative_error =
            std::max(result.max_relative_error, error / std::max(std::abs(sum.value), least));
        result.max_scaled_error =
            std::max(result.max_scaled_error, error / std::max(sum.magnitude, least));
    }
    return result;
}

GemmCheck GemmReference::check(std::span<const std::byte> d, std::size_t ldd, unsigned threads,
                               const std::function<void(double)>& progress) const {
    const types::DataType type = output_type(form_.d, epilogue_);
    SPTC_ASSERT(holds(element_count(type, d), m_, n_, ldd));
    const auto element_bytes = packed_bytes(type, 1);
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
