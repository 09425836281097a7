#include "models/tensor_core/dot_product_unit.hpp"

#include <algorithm>

namespace sptc::tensor_core {

DotProductUnit::DotProductUnit(sc_core::sc_module_name name, const isa::Architecture& architecture,
                               isa::Partition partition, numeric::Simd simd)
    : sc_module(name), architecture_(architecture) {
    arithmetics_.reserve(isa::mma_forms().size());
    for (const isa::MmaForm& form : isa::mma_forms()) {
        auto& arithmetic = arithmetics_.emplace_back();
        if (isa::has_form(architecture, form)) {
            arithmetic.emplace(architecture, form, partition, simd);
        }
    }
    lanes.bind(*this);
}

const isa::DotRule* DotProductUnit::rule(std::size_t form_index) const {
    if (form_index >= arithmetics_.size()) {
        const std::size_t wide = form_index - arithmetics_.size();
        const bool prepared = wide < wide_arithmetics_.size() && wide_arithmetics_[wide] != nullptr;
        return prepared ? &wide_arithmetics_[wide]->rule() : nullptr;
    }
    const auto& arithmetic = arithmetics_[form_index];
    return arithmetic ? &arithmetic->rule() : nullptr;
}

void DotProductUnit::prepare(const isa::MmaForm& form) {
    const auto index = static_cast<std::size_t>(form.extended_index);
    wide_arithmetics_.resize(std::max(wide_arithmetics_.size(), index + 1));
    wide_arithmetics_[index] = std::make_unique<numeric::WideArithmetic>(architecture_, form);
}

void DotProductUnit::load(std::size_t form_index, const isa::MmaOperands& operands) {
    form_ = &isa::form_at(form_index);
    if (form_->extended()) {
        wide_arithmetic_ = wide_arithmetics_[form_index - arithmetics_.size()].get();
        load_wide(operands.wide.file, operands.wide.a, form_->a_registers(), wide_a_);
    } else {
        arithmetic_ = &*arithmetics_[form_index];
        load_a(*form_, operands, a_);
    }
    load_c(*form_, operands, c_);
}

void DotProductUnit::drive(const LaneSlice& lane_slice) {
    const Slice& slice = lane_slice.slice;
    if (lane_slice.wide_rows != nullptr) {
        for (int group = slice.first_group; group < slice.first_group + slice.groups; ++group) {
            wide_arithmetic_->group(group, {slice.first_column, slice.columns}, wide_a_,
                                    lane_slice.wide_b, *lane_slice.wide_rows, c_[0], d_[0]);
        }
        return;
    }
    const auto matrix = static_cast<std::size_t>(slice.matrix);
    if (slice.covers_all(*form_, *lane_slice.rule)) {
        arithmetic_->instruction(a_[matrix], *lane_slice.b, lane_slice.rows, c_[matrix],
                                 d_[matrix]);
        return;
    }
    for (int group = slice.first_group; group < slice.first_group + slice.groups; ++group) {
        arithmetic_->group(group, {slice.first_column, slice.columns}, a_[matrix], *lane_slice.b,
                           lane_slice.rows, c_[matrix], d_[matrix]);
    }
}

void DotProductUnit::store(const isa::MmaOperands& operands) const {
    store_d(*form_, d_, operands);
}

}  // namespace sptc::tensor_core
