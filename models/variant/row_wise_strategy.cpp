#include "models/variant/row_wise_strategy.hpp"

#include <algorithm>
#include <functional>

namespace sptc::variant {
namespace {

constexpr int kIndexBits = 2;
constexpr std::uint64_t kRowCodeBits = 2;  ///< the N of a row

}  // namespace

RowWiseStrategy::RowWiseStrategy(const Operands& operands, const MachineSpec& spec)
    : a_(operands.a), b_(operands.b), spec_(spec) {
    for (const int kept : kRowWiseKept) {
        codes_.push_back(std::make_unique<CoordinateCode>(Ratio{kept, kRowWiseSpan}, kIndexBits));
    }
    for (int first = 0; first < a_.columns; first += kRowWiseColumns) {
        const int columns = std::min(kRowWiseColumns, a_.columns - first);
        std::vector<const GroupCode*> row_codes;
        for (int row = 0; row < a_.rows; ++row)
            row_codes.push_back(code_for(row, first, first + columns));
        chunks_.push_back(std::make_unique<StoredRows>(a_, std::move(row_codes), first, columns));
    }
}

/// The least N that holds the fullest group of a row.
const GroupCode* RowWiseStrategy::code_for(int row, int first, int last) const {
    int fullest = 0;
    for (int k = first; k < last; k += kRowWiseSpan) {
        const std::int8_t* group = a_.row(row) + k;
        const int length = std::min(kRowWiseSpan, last - k);
        const auto zeros = static_cast<int>(std::count(group, group + length, std::int8_t{0}));
        fullest = std::max(fullest, length - zeros);
    }
    const auto fits = [fullest](const auto& code) { return code->kept() >= fullest; };
    return std::find_if(codes_.begin(), codes_.end(), fits)->get();
}

std::uint64_t RowWiseStrategy::stored_a_bits() const {
    std::uint64_t bits = 0;
    for (const auto& chunk : chunks_)
        bits += chunk->bits() + static_cast<std::uint64_t>(chunk->rows()) * kRowCodeBits;
    return bits;
}

Needs RowWiseStrategy::needs(const Step& step) const {
    const StoredRows& rows = chunk(step);
    const auto groups = static_cast<std::uint64_t>(rows.groups());
    const auto columns = static_cast<std::uint64_t>(step.columns);
    Needs needs;
    needs.b_bits = groups * kRowWiseSpan * columns * kWordBits;
    std::vector<std::uint64_t> slots;  ///< of each row: stored elements
    for (int row = step.row; row < step.row + step.rows; ++row) {
        needs.a_bits += rows.value_bits(row);
        needs.a_metadata_bits += rows.metadata_bits(row) + kRowCodeBits;
        slots.push_back(groups * static_cast<std::uint64_t>(rows.code(row).kept()));
        needs.products += slots.back() * columns;
    }
    std::sort(slots.begin(), slots.end(), std::greater<>());
    // An array narrower than the tile takes the columns of a row one part after another.
    const auto macs = static_cast<std::uint64_t>(spec_.macs);
    const std::uint64_t rows_of_pass = std::max<std::uint64_t>(1, macs / columns);
    const std::uint64_t parts = (columns + macs - 1) / macs;
    for (std::uint64_t first = 0; first < slots.size(); first += rows_of_pass) {
        const std::uint64_t taken = std::min<std::uint64_t>(rows_of_pass, slots.size() - first);
        needs.cycles += slots[first] * parts;
        needs.gated += slots[first] * taken * columns;
    }
    needs.gated -= needs.products;
    return needs;
}

void RowWiseStrategy::execute(const Step& step, Int32Matrix& d) const {
    const StoredRows& rows = chunk(step);
    for (int row = step.row; row < step.row + step.rows; ++row) {
        for (int group = 0; group < rows.groups(); ++group)
            rows.multiply(row, group, b_, step.column, step.columns, d.row(row) + step.column);
    }
}

}  // namespace sptc::variant
