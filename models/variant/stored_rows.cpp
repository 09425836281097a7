#include "models/variant/stored_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/base/error.hpp"

namespace sptc::variant {
namespace {

constexpr std::size_t kMaxKept = 64;

std::uint64_t nonzeros_of(const Int8Matrix& a, int row, int first, int span) {
    std::uint64_t mask = 0;
    for (int i = 0; i < span && first + i < a.columns; ++i) {
        mask |= std::uint64_t{a.at(row, first + i) != 0} << i;
    }
    return mask;
}

}  // namespace

StoredRows::StoredRows(const Int8Matrix& a, const GroupCode& code)
    : StoredRows(a, std::vector<const GroupCode*>(static_cast<std::size_t>(a.rows), &code)) {}

StoredRows::StoredRows(const Int8Matrix& a, std::vector<const GroupCode*> row_codes)
    : codes_(std::move(row_codes)), groups_((a.columns + span() - 1) / span()) {
    std::array<std::uint8_t, kMaxKept> positions{};
    for (int row = 0; row < a.rows; ++row) {
        auto& metadata = metadata_.emplace_back();
        auto& values = values_.emplace_back();
        const auto kept = static_cast<std::size_t>(code(row).kept());
        for (int group = 0; group < groups_; ++group) {
            const int first = group * span();
            try {
                metadata.push_back(code(row).encode(nonzeros_of(a, row, first, span())));
            } catch (const base::ConfigError& error) {
                throw base::ConfigError(
                    fmt::format("A, row {}, group {}: {}", row, group, error.what()));
            }
            code(row).decode(metadata.back(), std::span(positions).first(kept));
            for (std::size_t i = 0; i < kept; ++i) {
                const int k = first + positions[i];
                values.push_back(k < a.columns ? a.at(row, k) : std::int8_t{0});
            }
        }
    }
}

void StoredRows::multiply(int row, int group, const Int8Matrix& b, int column, int columns,
                          std::int32_t* d) const {
    std::array<std::uint8_t, kMaxKept> positions;
    const auto kept = static_cast<std::size_t>(code(row).kept());
    const auto at = static_cast<std::size_t>(row);
    code(row).decode(metadata_[at][static_cast<std::size_t>(group)],
                     std::span(positions).first(kept));
    const std::int8_t* values = &values_[at][static_cast<std::size_t>(group) * kept];
    for (std::size_t i = 0; i < kept; ++i) {
        const int k = group * span() + positions[i];
        if (k < b.rows) add_scaled(values[i], b.row(k) + column, columns, d);
    }
}

}  // namespace sptc::variant
