#include "models/tensor_core/dot_product_unit.hpp"

#include <array>

namespace sptc::tensor_core {

DotProductUnit::DotProductUnit(sc_core::sc_module_name name, const isa::Arithmetic& arithmetic,
                               numeric::Simd simd)
    : sc_module(name) {
    for (const isa::MmaForm& form : isa::mma_forms()) {
        arithmetics_.emplace_back(arithmetic, form, simd);
    }
    lanes.bind(*this);
}

void DotProductUnit::load(std::size_t form_index, std::span<const isa::LaneRegister* const> a,
                          std::span<const isa::LaneRegister* const> c) {
    form_ = &isa::mma_forms()[form_index];
    arithmetic_ = &arithmetics_[form_index];
    const auto a_registers = static_cast<std::size_t>(form_->a_registers());
    const auto c_registers = static_cast<std::size_t>(form_->c_registers());
    for (std::size_t i = 0; i < a_registers; ++i) a_.registers[i] = *a[i];
    for (std::size_t i = 0; i < c_registers; ++i) accumulators_[current_].registers[i] = *c[i];
}

void DotProductUnit::drive(const LaneSlice& lanes_in) {
    const bool whole =
        lanes_in.slice.slots == form_->k_stored && lanes_in.slice.columns == form_->n;
    if (!whole) {
        accumulate(lanes_in);
        return;
    }
    arithmetic_->instruction(a_, *lanes_in.b, lanes_in.rows, accumulators_[current_],
                             accumulators_[1 - current_]);
    current_ = 1 - current_;
}

void DotProductUnit::accumulate(const LaneSlice& slice) {
    const auto products = static_cast<std::size_t>(slice.slice.slots);
    numeric::OperandFragment& accumulators = accumulators_[current_];
    std::array<std::uint32_t, numeric::kMaxSlots> a;
    std::array<std::uint32_t, numeric::kMaxSlots> b;
    for (int row = 0; row < numeric::kRows; ++row) {
        for (int i = 0; i < slice.slice.columns; ++i) {
            const int column = slice.slice.first_column + i;
            for (std::size_t product = 0; product < products; ++product) {
                const int slot = slice.slice.first_slot + static_cast<int>(product);
                a[product] = numeric::a_element(a_, types::bits(form_->a), row, slot);
                b[product] = slice.value(row, slot, column);
            }
            const std::uint32_t c =
                numeric::c_element(accumulators, types::bits(form_->c), row, column);
            numeric::set_d_element(
                accumulators, types::bits(form_->d), row, column,
                arithmetic_->group({a.data(), products}, {b.data(), products}, c));
        }
    }
}

void DotProductUnit::store(std::span<isa::LaneRegister* const> d) const {
    const auto registers = static_cast<std::size_t>(form_->d_registers());
    for (std::size_t i = 0; i < registers; ++i) *d[i] = accumulators_[current_].registers[i];
}

}  // namespace sptc::tensor_core
