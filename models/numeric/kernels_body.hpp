#pragma once
// All fast kernels; included by one source file per instruction set.
#include "models/numeric/bit_kernel.hpp"
#include "models/numeric/f64_kernel.hpp"
#include "models/numeric/float_kernel.hpp"
#include "models/numeric/integer_kernel.hpp"

namespace sptc::numeric {
namespace {

Kernel select(const KernelPlan& plan) {
    switch (plan.dot) {
        case isa::DotKind::kFloat:
            return select_float(plan);
        case isa::DotKind::kF64:
            return select_f64(plan);
        case isa::DotKind::kInteger:
            return select_integer(plan);
        case isa::DotKind::kAndPopc:
        case isa::DotKind::kXorPopc:
            return select_bits(plan);
    }
    return nullptr;
}

}  // namespace
}  // namespace sptc::numeric
