#include "models/tensor_core/dot_product_unit.hpp"

namespace sptc::tensor_core {

DotProductUnit::DotProductUnit(sc_core::sc_module_name name, const isa::Architecture& architecture,
                               isa::Partition partition, numeric::Simd simd)
    : sc_module(name) {
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
    const auto& arithmetic = arithmetics_[form_index];
    return arithmetic ? &arithmetic->rule() : nullptr;
}

void DotProductUnit::load(std::size_t form_index, const isa::MmaOperands& operands) {
    form_ = &isa::mma_forms()[form_index];
    arithmetic_ = &*arithmetics_[form_index];
    load_a(*form_, operands, a_);
    load_c(*form_, operands, c_);
}

void DotProductUnit::drive(const LaneSlice& lane_slice) {
    const Slice& slice = lane_slice.slice;
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
