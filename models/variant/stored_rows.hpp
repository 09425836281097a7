#pragma once
#include <span>
#include <vector>

#include "models/variant/group_code.hpp"
#include "models/variant/matrix.hpp"

namespace sptc::variant {

/// A in compressed form: of each row the codes of its groups and the elements that they keep. The
/// last group counts as padded with zeros.
class StoredRows {
  public:
    /// One code for all rows. Throws ConfigError naming row and group when A does not fit.
    StoredRows(const Int8Matrix& a, const GroupCode& code);
    /// Some columns of A, with a code for each row; all of one span.
    StoredRows(const Int8Matrix& a, std::vector<const GroupCode*> row_codes, int first_column,
               int columns);

    [[nodiscard]] const GroupCode& code(int row) const {
        return *codes_[static_cast<std::size_t>(row)];
    }
    [[nodiscard]] int span() const { return codes_.front()->span(); }
    [[nodiscard]] int rows() const { return static_cast<int>(codes_.size()); }
    [[nodiscard]] int groups() const { return groups_; }  ///< of a row

    [[nodiscard]] std::uint64_t metadata(int row, int group) const {
        return metadata_[static_cast<std::size_t>(row)][static_cast<std::size_t>(group)];
    }
    /// The kept elements of a group.
    [[nodiscard]] std::span<const std::int8_t> values(int row, int group) const {
        const auto kept = static_cast<std::size_t>(code(row).kept());
        return std::span(values_[static_cast<std::size_t>(row)])
            .subspan(static_cast<std::size_t>(group) * kept, kept);
    }

    // What a row, or everything, takes in storage.
    [[nodiscard]] std::uint64_t value_bits(int row) const;
    [[nodiscard]] std::uint64_t metadata_bits(int row) const;
    [[nodiscard]] std::uint64_t bits() const;

    /// Adds the products of one row with rows of B: group `group`, columns [column, column +
    /// columns).
    void multiply(int row, int group, const Int8Matrix& b, int column, int columns,
                  std::int32_t* d) const;

  private:
    std::vector<const GroupCode*> codes_;
    int first_column_;
    int groups_;
    std::vector<std::vector<std::uint64_t>> metadata_;  ///< [row][group]
    std::vector<std::vector<std::int8_t>> values_;      ///< [row][group * kept + i]
};

/// d[0 .. columns) += a * b[0 .. columns).
inline void add_scaled(std::int8_t a, const std::int8_t* b, int columns, std::int32_t* d) {
    for (int n = 0; n < columns; ++n) d[n] += a * b[n];
}

}  // namespace sptc::variant
