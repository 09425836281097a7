#include "models/numeric/kernel.hpp"

#include <algorithm>

#include "models/base/error.hpp"

namespace sptc::numeric {
namespace {

using types::DataType;

FloatFormat float_format(DataType stored, DataType multiplied) {
    switch (stored) {
        case DataType::kBf16:
            return FloatFormat::kBf16;
        case DataType::kTf32:
            return FloatFormat::kTf32;
        case DataType::kE5m2:
            return FloatFormat::kE5m2;
        case DataType::kE4m3:
            return multiplied == stored ? FloatFormat::kE4m3 : FloatFormat::kE4m3Widened;
        default:
            return FloatFormat::kF16;  // and of no meaning where elements are no floats
    }
}

bool is_signed(DataType type) { return type == DataType::kS8 || type == DataType::kS4; }

}  // namespace

KernelPlan kernel_plan(const isa::MmaForm& form, const isa::DotRule& rule) {
    SPTC_ASSERT(form.n == 8 && (form.m == 8 || form.m == 16));
    KernelPlan plan{};
    plan.dot = form.dot;
    plan.m = form.m;
    plan.slots = form.slots();
    plan.b_slots = form.b_slots();
    plan.sparse = form.sparse();
    plan.a = float_format(form.a, rule.a);
    plan.b = float_format(form.b, rule.b);
    plan.c_f16 = form.c == DataType::kF16;
    plan.d_f16 = form.d == DataType::kF16;
    plan.fraction_bits = rule.fraction_bits;
    plan.e_zero = rule.e_zero;
    plan.f32_mask = ~0u << (23 - rule.f32_fraction_bits);
    plan.products = rule.products;
    plan.rounding = form.rounding;
    plan.addend_last = rule.addend_last;
    std::copy(rule.order.begin(), rule.order.end(), plan.order);
    plan.in_order = std::is_sorted(rule.order.begin(), rule.order.begin() + plan.slots);
    plan.element_bits = types::bits(form.a);
    plan.a_signed = is_signed(form.a);
    plan.b_signed = is_signed(form.b);
    plan.saturating = form.saturating;
    return plan;
}

KernelSelect kernels(Simd level) {
    switch (level) {
        case Simd::kPortable:
            return kKernelsPortable;
        case Simd::kAvx2:
            return kKernelsAvx2;
        case Simd::kAvx512:
            return kKernelsAvx512;
    }
    return nullptr;
}

}  // namespace sptc::numeric
