#include "models/reference/dot_arithmetic.hpp"

#include <numeric>

#include "models/base/error.hpp"
#include "models/reference/ieee.hpp"
#include "models/reference/integer_dot.hpp"

namespace sptc::reference {

DotArithmetic::DotArithmetic(const isa::MmaForm& form, const isa::Architecture& architecture,
                             isa::Partition partition)
    : form_(form),
      rule_(isa::dot_rule(architecture, form, partition)),
      order_(static_cast<std::size_t>(form.k_stored)) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    if (form.dot != isa::DotKind::kFloat) return;  // exact, or k ascending
    fdpa_ = fdpa_rules(form, rule_);
    // Floating-point elements fill whole slots.
    SPTC_ASSERT(form.slots() == form.k_stored && rule_.groups * rule_.products == form.k_stored);
    if (form.extended()) return;  // ascending
    for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = rule_.order[i];
}

Number DotArithmetic::decode(types::DataType stored, types::DataType multiplied,
                             std::uint64_t bits) {
    if (stored == multiplied) return reference::decode(stored, bits);
    const FloatFormat format = float_format(multiplied);
    return reference::decode(format, widen(float_format(stored), format, bits));
}

std::uint64_t DotArithmetic::dot_add(std::span<const Number> a, std::span<const Number> b,
                                     std::uint64_t c) const {
    switch (form_.dot) {
        case isa::DotKind::kFloat:
            return float_dot_add(a, b, c);
        case isa::DotKind::kF64:
            return f64_chain(a, b, c, form_.rounding);
        case isa::DotKind::kInteger:
            return integer_dot_add(a, b, c,
                                   form_.saturating ? Overflow::kSaturate : Overflow::kWrap);
        case isa::DotKind::kAndPopc:
            return popcount_add(a, b, c, BitOperation::kAnd);
        case isa::DotKind::kXorPopc:
            return popcount_add(a, b, c, BitOperation::kXor);
    }
    SPTC_ASSERT(false);
    return 0;
}

std::uint64_t DotArithmetic::float_dot_add(std::span<const Number> a, std::span<const Number> b,
                                           std::uint64_t c) const {
    const FloatFormat& accumulator = fdpa_->accumulator;
    if (form_.c != form_.d) c = widen(float_format(form_.c), accumulator, c);
    if (!rule_.addend_last) return chained_dot_add(*fdpa_, a, b, c);
    return add(accumulator, chained_dot_add(*fdpa_, a, b, 0), c);
}

}  // namespace sptc::reference
