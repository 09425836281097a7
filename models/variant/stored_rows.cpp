#include "models/variant/stored_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/base/error.hpp"
#include "models/variant/machine_spec.hpp"

namespace sptc::variant {
namespace {

/// Set bits: columns [first, last) that are not zero.
std::uint64_t nonzeros_of(const Int8Matrix& a, int row, int first, int last) {
    std::uint64_t mask = 0;
    for (int k = first; k < last; ++k) mask |= std::uint64_t{a.at(row, k) != 0} << (k - first);
    return mask;
}

}  // namespace

StoredRows::StoredRows(const Int8Matrix& a, const GroupCode& code)
    : StoredRows(a, std::vector<const GroupCode*>(static_cast<std::size_t>(a.rows), &code), 0,
                 a.columns) {}

StoredRows::StoredRows(const Int8Matrix& a, std::vector<const GroupCode*> row_codes,
                       int first_column, int columns)
    : codes_(std::move(row_codes)),
      first_column_(first_column),
      groups_((columns + span() - 1) / span()) {
    const int end = first_column + columns;
    std::array<std::uint8_t, kCodeBits> positions{};
    for (int row = 0; row < a.rows; ++row) {
        auto& metadata = metadata_.emplace_back();
        auto& values = values_.emplace_back();
        const auto kept = static_cast<std::size_t>(code(row).kept());
        for (int group = 0; group < groups_; ++group) {
            const int first = first_column + group * span();
            const int last = std::min(first + span(), end);
            try {
                metadata.push_back(code(row).encode(nonzeros_of(a, row, first, last)));
            } catch (const base::ConfigError& error) {
                throw base::ConfigError(
                    fmt::format("A, row {}, group {}: {}", row, group, error.what()));
            }
            code(row).decode(metadata.back(), std::span(positions).first(kept));
            for (std::size_t i = 0; i < kept; ++i) {
                const int k = first + positions[i];
                values.push_back(k < end ? a.at(row, k) : std::int8_t{0});
            }
        }
    }
}

std::uint64_t StoredRows::value_bits(int row) const {
    return static_cast<std::uint64_t>(groups_ * code(row).kept() * kWordBits);
}

std::uint64_t StoredRows::metadata_bits(int row) const {
    return static_cast<std::uint64_t>(groups_ * code(row).bits());
}

std::uint64_t StoredRows::bits() const {
    std::uint64_t bits = 0;
    for (int row = 0; row < rows(); ++row) bits += value_bits(row) + metadata_bits(row);
    return bits;
}

void StoredRows::multiply(int row, int group, const Int8Matrix& b, int column, int columns,
                          std::int32_t* d) const {
    std::array<std::uint8_t, kCodeBits> positions;
    const std::span<const std::int8_t> kept = values(row, group);
    code(row).decode(metadata(row, group), std::span(positions).first(kept.size()));
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const int k = first_column_ + group * span() + positions[i];
        if (k < b.rows) add_scaled(kept[i], b.row(k) + column, columns, d);
    }
}

}  // namespace sptc::variant
