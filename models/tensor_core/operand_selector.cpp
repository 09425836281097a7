#include "models/tensor_core/operand_selector.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <utility>

#include "models/base/error.hpp"

namespace sptc::tensor_core {
namespace {

constexpr int kWordSlots = 8;  ///< slots are handled as 8 bytes of one word
using SlotWords = std::array<std::uint64_t, isa::kMaxSlots / kWordSlots>;

/// The first slot-row that the mux of each slot sees: `slots_per_mux` slots share `choices` of B.
constexpr SlotWords mux_bases(int slots_per_mux, int choices) {
    SlotWords bases{};
    for (int slot = 0; slot < isa::kMaxSlots; ++slot) {
        const auto base = static_cast<std::uint64_t>(slot / slots_per_mux * choices);
        bases[static_cast<std::size_t>(slot / kWordSlots)] |= base << (8 * (slot % kWordSlots));
    }
    return bases;
}

constexpr SlotWords kTwoOfFourBases = mux_bases(2, 4);
constexpr SlotWords kOneOfTwoBases = mux_bases(1, 2);
constexpr SlotWords kDenseBases = mux_bases(4, 4);

const SlotWords& bases_of(const isa::MmaForm& form) {
    if (!form.sparse()) return kDenseBases;
    return form.metadata->selects() == 1 ? kOneOfTwoBases : kTwoOfFourBases;
}

}  // namespace

std::string lane_name(int row, int slot, int column) {
    return fmt::format("lane[{}][{}][{}]", row, slot, column);
}

OperandSelector::OperandSelector(sc_core::sc_module_name name, std::vector<SwappedMuxInputs> faults,
                                 int group_products)
    : sc_module(name), faults_(std::move(faults)) {
    for (const SwappedMuxInputs& fault : faults_) {
        if (fault.slot < group_products) continue;
        throw base::ConfigError(fmt::format("no multiplier {}: a row has slots 0 .. {}",
                                            lane_name(fault.row, fault.slot, 0),
                                            group_products - 1));
    }
    selects.bind(*this);
}

void OperandSelector::load(const isa::MmaForm& form, const isa::MmaOperands& operands) {
    if (form.extended()) {
        load_wide(operands.wide.file, operands.wide.b, form.b_registers(), wide_b_);
    } else {
        load_b(form, operands, b_);
    }
}

void OperandSelector::select(const SelectSlice& slice) {
    lanes_.form = slice.form;
    lanes_.rule = slice.rule;
    lanes_.slice = slice.slice;
    if (slice.form->extended()) {
        select_wide_rows(slice);
        lanes->drive(lanes_);
        return;
    }
    lanes_.wide_rows = nullptr;
    lanes_.b = &b_[static_cast<std::size_t>(slice.slice.matrix)];
    if (!dense_ || slice.form->sparse()) select_rows(slice);
    apply_faults(slice);
    lanes->drive(lanes_);
}

void OperandSelector::select_rows(const SelectSlice& slice) {
    dense_ = !slice.form->sparse();
    const SlotWords& bases = bases_of(*slice.form);
    // A dense instruction's rows are kept for the next one, which may be larger.
    const auto rows = dense_ ? lanes_.rows.row.size() : static_cast<std::size_t>(slice.form->m);
    const auto words = dense_
                           ? bases.size()
                           : static_cast<std::size_t>((slice.form->slots() - 1) / kWordSlots + 1);
    for (std::size_t row = 0; row < rows; ++row) {
        // All slots, also those outside the slice. No byte carries: selects are below 4 and rows of
        // B below 64.
        for (std::size_t word = 0; word < words; ++word) {
            std::uint64_t rows_of_b = 0;
            std::memcpy(&rows_of_b, &slice.select[row][word * kWordSlots], sizeof(rows_of_b));
            rows_of_b += bases[word];
            std::memcpy(&lanes_.rows.row[row][word * kWordSlots], &rows_of_b, sizeof(rows_of_b));
        }
    }
}

void OperandSelector::select_wide_rows(const SelectSlice& slice) {
    const isa::MmaForm& form = *slice.form;
    const int n = form.metadata->stored_elements;
    const int m = form.metadata->chunk_elements;
    wide_rows_.resize(form.k_stored);
    auto select = slice.wide_select.begin();
    for (int row = 0; row < form.m; ++row) {
        int slot = 0;
        for (std::uint16_t& row_of_b : wide_rows_.row(row)) {
            row_of_b = static_cast<std::uint16_t>(slot / n * m + *select);
            ++slot;
            ++select;
        }
    }
    for (const SwappedMuxInputs& fault : faults_) {
        for (int slot = fault.slot; slot < form.k_stored; slot += slice.rule->products) {
            std::uint16_t& row_of_b = wide_rows_.row(fault.row)[static_cast<std::size_t>(slot)];
            const int input = row_of_b % m;
            const int other = input == fault.first_input    ? fault.second_input
                              : input == fault.second_input ? fault.first_input
                                                            : input;
            if (other < m) row_of_b = static_cast<std::uint16_t>(row_of_b + other - input);
        }
    }
    lanes_.wide_b = wide_b_;
    lanes_.wide_rows = &wide_rows_;
}

void OperandSelector::apply_faults(const SelectSlice& slice) {
    if (!faults_.empty()) dense_ = false;
    for (const SwappedMuxInputs& fault : faults_) {
        if (fault.row >= slice.form->m || fault.slot >= slice.rule->products) continue;
        const auto row = static_cast<std::size_t>(fault.row);
        for (int group = 0; group < slice.slice.groups; ++group) {
            const auto products = slice.rule->group(slice.slice.first_group + group);
            const std::size_t slot = products[static_cast<std::size_t>(fault.slot)];
            const int input = slice.select[row][slot];
            const int other = input == fault.first_input    ? fault.second_input
                              : input == fault.second_input ? fault.first_input
                                                            : input;
            lanes_.rows.row[row][slot] =
                static_cast<std::uint8_t>(lanes_.rows.row[row][slot] + other - input);
        }
    }
}

}  // namespace sptc::tensor_core
