#include "models/tensor_core/pass_schedule.hpp"

#include <algorithm>

#include "models/types/data_type.hpp"

namespace sptc::tensor_core {
namespace {

int divide_up(int dividend, int divisor) { return (dividend + divisor - 1) / divisor; }

int macs_per_cycle(const TensorCoreSpec& spec, const isa::MmaForm& form) {
    constexpr int kF16Bits = 16;
    if (form.dot == isa::DotKind::kF64) return spec.f64_macs_per_cycle;
    return std::max(1, spec.f16_macs_per_cycle * kF16Bits / types::bits(form.a));
}

}  // namespace

PassSchedule make_schedule(const TensorCoreSpec& spec, const isa::DotRule& rule,
                           const isa::MmaForm& form) {
    const int most_macs = macs_per_cycle(spec, form);
    const int products = rule.products * form.k_stored / form.slots();  // elements of a group
    const int widest = std::clamp(most_macs / (form.m * products), 1, form.n);

    PassSchedule schedule{{}, rule.groups, 0};
    for (int matrix = 0; matrix < form.matrices(); ++matrix) {
        for (int group = 0; group < schedule.groups; ++group) {
            for (int column = 0; column < form.n; column += widest) {
                const int columns = std::min(widest, form.n - column);
                const int macs = form.m * products * columns;
                const int b_values = divide_up(columns * products * form.k_logical, form.k_stored);
                const int feed_cycles =
                    divide_up(b_values * types::bits(form.b), spec.b_bits_per_cycle);
                const int cycles = std::max(divide_up(macs, most_macs), feed_cycles);
                schedule.passes.push_back(
                    {{matrix, group, 1, column, columns}, cycles, b_values, macs});
                schedule.cycles += cycles;
            }
        }
    }
    return schedule;
}

}  // namespace sptc::tensor_core
