#include "models/variant/venom_strategy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "models/base/error.hpp"
#include "models/variant/operands.hpp"
#include "models/variant/stored_rows.hpp"

namespace sptc::variant {
namespace {

constexpr Ratio kTwoOfFour{2, kVenomColumns};
constexpr int kIndexBits = 2;
constexpr int kColumnLocBits = 8;
constexpr int kBankGroups = 8;  ///< 128 bytes of banks in pieces of 16, as ldmatrix reads them

/// Sum of the two largest |a| of the chosen columns, over the rows of a block.
int retained(const Int8Matrix& a, int first_row, int last_row, int first, std::uint32_t columns) {
    int sum = 0;
    for (int row = first_row; row < last_row; ++row) {
        int largest = 0, second = 0;
        for (std::uint32_t rest = columns; rest != 0; rest &= rest - 1) {
            const int k = first + std::countr_zero(rest);
            const int magnitude = k < a.columns ? std::abs(a.at(row, k)) : 0;
            second = std::max(second, std::min(largest, magnitude));
            largest = std::max(largest, magnitude);
        }
        sum += largest + second;
    }
    return sum;
}

/// The kVenomColumns of m columns that retain most; the first of equals.
std::uint32_t best_columns(const Int8Matrix& a, int top, int bottom, int first, int m) {
    std::uint32_t best = 0;
    int most = -1;
    for (std::uint32_t columns = 0; columns < 1u << m; ++columns) {
        if (std::popcount(columns) != kVenomColumns) continue;
        const int sum = retained(a, top, bottom, first, columns);
        if (sum > most) best = columns;
        most = std::max(most, sum);
    }
    return best;
}

void keep_columns(Int8Matrix& a, int top, int bottom, int first, int m, std::uint32_t kept) {
    for (int row = top; row < bottom; ++row) {
        for (int i = 0; i < m && first + i < a.columns; ++i) {
            if ((kept >> i & 1u) == 0) a.row(row)[first + i] = 0;
        }
    }
}

}  // namespace

void prune_venom(Int8Matrix& a, int block_rows, Ratio ratio) {
    for (int top = 0; top < a.rows; top += block_rows) {
        const int bottom = std::min(top + block_rows, a.rows);
        for (int first = 0; first < a.columns; first += ratio.m)
            keep_columns(a, top, bottom, first, ratio.m,
                         best_columns(a, top, bottom, first, ratio.m));
    }
    prune_elements(a, ratio);
}

VenomStrategy::VenomStrategy(const Operands& operands, const MachineSpec& spec, int block_rows,
                             Ratio ratio)
    : b_(operands.b),
      spec_(spec),
      block_rows_(block_rows),
      m_(ratio.m),
      rows_(operands.a.rows),
      groups_((operands.a.columns + ratio.m - 1) / ratio.m),
      groups_per_step_(std::max(1, spec.k_step_stored / kTwoOfFour.n)),
      code_(kTwoOfFour, kIndexBits),
      stored_(static_cast<std::size_t>(operands.a.rows)) {
    for (int block = 0; block * block_rows < rows_; ++block) store_block(operands.a, block);
}

void VenomStrategy::store_block(const Int8Matrix& a, int block) {
    const int top = block * block_rows_, bottom = std::min(top + block_rows_, a.rows);
    auto& locations = column_loc_.emplace_back();
    for (int group = 0; group < groups_; ++group) {
        const int first = group * m_;
        std::uint64_t used = 0;
        for (int row = top; row < bottom; ++row) {
            for (int i = 0; i < m_ && first + i < a.columns; ++i)
                used |= std::uint64_t{a.at(row, first + i) != 0} << i;
        }
        used = fill_up(used, kVenomColumns, m_);
        Columns columns{};
        for (std::uint8_t& column : columns) {
            column = static_cast<std::uint8_t>(std::countr_zero(used));
            used &= used - 1;
        }
        locations.push_back(columns);
        const auto value = [&](int row, std::size_t i) {
            const int k = first + columns[i];
            return k < a.columns ? a.at(row, k) : std::int8_t{0};
        };
        for (int row = top; row < bottom; ++row) {
            std::uint64_t nonzeros = 0;
            for (std::size_t i = 0; i < columns.size(); ++i)
                nonzeros |= std::uint64_t{value(row, i) != 0} << i;
            Group stored{code_.encode(nonzeros), {}};
            std::array<std::uint8_t, 2> positions{};
            code_.decode(stored.code, positions);
            for (std::size_t i = 0; i < positions.size(); ++i)
                stored.values[i] = value(row, positions[i]);
            stored_[static_cast<std::size_t>(row)].push_back(stored);
        }
    }
}

int VenomStrategy::last_group(const Step& step) const {
    return std::min(first_group(step) + groups_per_step_, groups_);
}

std::uint64_t VenomStrategy::stored_a_bits() const {
    const auto groups = static_cast<std::uint64_t>(groups_);
    return static_cast<std::uint64_t>(rows_) * groups *
               static_cast<std::uint64_t>(kTwoOfFour.n * kWordBits + code_.bits()) +
           column_loc_.size() * groups * kVenomColumns * kColumnLocBits;
}

/// Wavefronts in which the rows of B of one step come for one block, eight gathered rows at a time.
std::uint64_t VenomStrategy::wavefronts(const Step& step, int block) const {
    std::array<int, kBankGroups> rows_of{};
    std::uint64_t count = 0;
    int gathered = 0;
    const auto flush = [&] {
        count += static_cast<std::uint64_t>(*std::max_element(rows_of.begin(), rows_of.end()));
        rows_of.fill(0);
        gathered = 0;
    };
    for (int group = first_group(step); group < last_group(step); ++group) {
        for (const std::uint8_t column :
             column_loc_[static_cast<std::size_t>(block)][static_cast<std::size_t>(group)]) {
            ++rows_of[static_cast<std::size_t>((group * m_ + column) % kBankGroups)];
            if (++gathered == kBankGroups) flush();
        }
    }
    if (gathered > 0) flush();
    return count;
}

Needs VenomStrategy::needs(const Step& step) const {
    const auto rows = static_cast<std::uint64_t>(step.rows);
    const auto groups = static_cast<std::uint64_t>(groups_per_step_);
    const auto columns = static_cast<std::uint64_t>(step.columns);
    const auto macs = static_cast<std::uint64_t>(spec_.macs);
    const int first_block = step.row / block_rows_;
    const int last_block = (step.row + step.rows - 1) / block_rows_ + 1;
    Needs needs;
    needs.a_bits = rows * groups * kTwoOfFour.n * kWordBits;
    needs.a_metadata_bits = rows * groups * static_cast<std::uint64_t>(code_.bits());
    for (int block = first_block; block < last_block; ++block) {
        needs.a_metadata_bits += groups * kVenomColumns * kColumnLocBits;
        const std::uint64_t gathered = groups * kVenomColumns * columns * kWordBits;
        const std::uint64_t moved = wavefronts(step, block) * kBankGroups * columns * kWordBits;
        needs.b_bits += gathered;
        needs.conflict_bits += moved - std::min(moved, gathered);
    }
    needs.products = rows * groups * kTwoOfFour.n * columns;
    needs.cycles = (needs.products + macs - 1) / macs;
    return needs;
}

void VenomStrategy::execute(const Step& step, Int32Matrix& d) const {
    for (int row = step.row; row < step.row + step.rows; ++row) {
        const auto& locations = column_loc_[static_cast<std::size_t>(row / block_rows_)];
        for (int group = first_group(step); group < last_group(step); ++group) {
            const Group& stored =
                stored_[static_cast<std::size_t>(row)][static_cast<std::size_t>(group)];
            std::array<std::uint8_t, 2> positions{};
            code_.decode(stored.code, positions);
            for (std::size_t i = 0; i < positions.size(); ++i) {
                const int k = group * m_ + locations[static_cast<std::size_t>(group)][positions[i]];
                if (k < b_.rows)
                    add_scaled(stored.values[i], b_.row(k) + step.column, step.columns,
                               d.row(row) + step.column);
            }
        }
    }
}

}  // namespace sptc::variant
