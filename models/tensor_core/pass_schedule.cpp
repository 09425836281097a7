#include "models/tensor_core/pass_schedule.hpp"

#include <algorithm>

#include "models/types/data_type.hpp"

namespace sptc::tensor_core {
namespace {

int divide_up(int dividend, int divisor) { return (dividend + divisor - 1) / divisor; }

}  // namespace

PassSchedule make_schedule(const TensorCoreSpec& spec, const isa::Arithmetic& arithmetic,
                           const isa::MmaForm& form) {
    constexpr int kF16Bits = 16;
    const int macs_per_cycle =
        std::max(1, spec.f16_macs_per_cycle * kF16Bits / types::bits(form.a));
    const int slots = isa::group_products(arithmetic, form);
    const int widest = std::clamp(macs_per_cycle / (form.m * slots), 1, form.n);

    PassSchedule schedule{{}, isa::group_count(arithmetic, form), 0};
    for (int group = 0; group < schedule.groups; ++group) {
        for (int column = 0; column < form.n; column += widest) {
            const int columns = std::min(widest, form.n - column);
            const int macs = form.m * slots * columns;
            const int b_values = columns * slots * form.k_logical / form.k_stored;
            const int feed_cycles =
                divide_up(b_values * types::bits(form.b), spec.b_bits_per_cycle);
            const int cycles = std::max(divide_up(macs, macs_per_cycle), feed_cycles);
            schedule.passes.push_back(
                {{group * slots, slots, column, columns}, cycles, b_values, macs});
            schedule.cycles += cycles;
        }
    }
    return schedule;
}

}  // namespace sptc::tensor_core
