#include "models/tensor_core/operand_selector.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <utility>

#include "models/base/error.hpp"

namespace sptc::tensor_core {
namespace {

using numeric::kMaxSlots;

constexpr int kWordSlots = 8;  ///< slots are handled as 8 bytes of one word
using SlotWords = std::array<std::uint64_t, kMaxSlots / kWordSlots>;

/// The first element that the mux of each slot sees: `slots_per_mux` slots share one aligned four
/// of B.
constexpr SlotWords mux_bases(int slots_per_mux) {
    SlotWords bases{};
    for (int slot = 0; slot < kMaxSlots; ++slot) {
        const auto base = static_cast<std::uint64_t>(slot / slots_per_mux * 4);
        bases[static_cast<std::size_t>(slot / kWordSlots)] |= base << (8 * (slot % kWordSlots));
    }
    return bases;
}

constexpr SlotWords kSparseBases = mux_bases(2);
constexpr SlotWords kDenseBases = mux_bases(4);

}  // namespace

std::string lane_name(int row, int slot, int column) {
    return fmt::format("lane[{}][{}][{}]", row, slot, column);
}

OperandSelector::OperandSelector(sc_core::sc_module_name name, std::vector<SwappedMuxInputs> faults,
                                 int group_products)
    : sc_module(name), faults_(std::move(faults)), group_products_(group_products) {
    for (const SwappedMuxInputs& fault : faults_) {
        if (fault.slot < group_products_) continue;
        throw base::ConfigError(fmt::format("no multiplier {}: a row has slots 0 .. {}",
                                            lane_name(fault.row, fault.slot, 0),
                                            group_products_ - 1));
    }
    selects.bind(*this);
}

void OperandSelector::load(const isa::MmaForm& form, std::span<const isa::LaneRegister* const> b) {
    lanes_.form = &form;
    lanes_.b = &b_;
    const auto registers = static_cast<std::size_t>(form.b_registers());
    for (std::size_t i = 0; i < registers; ++i) b_.registers[i] = *b[i];
}

void OperandSelector::select(const SelectSlice& slice) {
    const SlotWords& bases = slice.form->sparse() ? kSparseBases : kDenseBases;
    lanes_.slice = slice.slice;
    for (std::size_t row = 0; row < numeric::kRows; ++row) {
        // All slots, also those outside the slice. No byte carries: selects are below 4 and rows of
        // B below 64.
        for (std::size_t word = 0; word < bases.size(); ++word) {
            std::uint64_t rows_of_b = 0;
            std::memcpy(&rows_of_b, &slice.select[row][word * kWordSlots], sizeof(rows_of_b));
            rows_of_b += bases[word];
            std::memcpy(&lanes_.rows.row[row][word * kWordSlots], &rows_of_b, sizeof(rows_of_b));
        }
    }
    apply_faults(slice);
    lanes->drive(lanes_);
}

void OperandSelector::apply_faults(const SelectSlice& slice) {
    for (const SwappedMuxInputs& fault : faults_) {
        const auto row = static_cast<std::size_t>(fault.row);
        for (int slot = fault.slot; slot < slice.form->k_stored; slot += group_products_) {
            const auto at = static_cast<std::size_t>(slot);
            const int input = slice.select[row][at];
            const int other = input == fault.first_input    ? fault.second_input
                              : input == fault.second_input ? fault.first_input
                                                            : input;
            lanes_.rows.row[row][at] =
                static_cast<std::uint8_t>(lanes_.rows.row[row][at] + other - input);
        }
    }
}

}  // namespace sptc::tensor_core
