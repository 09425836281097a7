#include "models/tensor_core/pass_schedule.hpp"

#include <algorithm>

#include "models/types/data_type.hpp"

namespace sptc::tensor_core {
namespace {

int divide_up(int dividend, int divisor) { return (dividend + divisor - 1) / divisor; }

int macs_per_cycle(const TensorCoreSpec& spec, const isa::MmaForm& form) {
    constexpr int kF16Bits = 16;
    if (form.dot == isa::DotKind::kF64) return spec.f64_macs_per_cycle;
    const int divisor = form.d == types::DataType::kF32 ? spec.f32_accumulate_divisor : 1;
    return std::max(1, spec.f16_macs_per_cycle * kF16Bits / types::bits(form.a) / divisor);
}

/// The datapath sums 16 bytes of a row of A in a step, whatever the arithmetic calls a group: k8
/// against k16 takes 7 cycles less with f16, as k4 against k8 with tf32 and k16 against k32 with s8
/// (Luo et al., arXiv 2402.13499, table VII).
int k_steps(const isa::MmaForm& form) {
    constexpr int kStepBits = 128;
    return std::max(1, divide_up(form.k_stored * types::bits(form.a), kStepBits));
}

/// Values of B that come in while `multiplied` stored values of a row (times columns) are used up:
/// M of every N.
int fed_values(const isa::MmaForm& form, int multiplied) {
    return multiplied * form.k_logical / form.k_stored;
}

/// Cycles in which the feed brings them. Where M / N is no power of two the passes of an extended
/// form do not need whole cycles each: the feed runs on from pass to pass.
int fed_cycles(const TensorCoreSpec& spec, const isa::MmaForm& form, int multiplied) {
    return divide_up(multiplied * form.k_logical * types::bits(form.b),
                     form.k_stored * spec.b_bits_per_cycle);
}

}  // namespace

int collection_cycles(const TensorCoreSpec& spec, const isa::MmaForm& form) {
    if (spec.operand_registers_per_cycle == 0) return 0;
    const int more_metadata = form.extended() ? form.metadata_registers() - 1 : 0;
    const int registers =
        form.a_registers() + form.b_registers() + form.c_registers() + more_metadata;
    return divide_up(registers, spec.operand_registers_per_cycle) +
           (form.sparse() ? spec.metadata_read_cycles : 0);
}

PassSchedule make_schedule(const TensorCoreSpec& spec, const isa::DotRule& rule,
                           const isa::MmaForm& form) {
    const int most_macs = macs_per_cycle(spec, form);
    const int products = rule.products * form.k_stored / form.slots();  // elements of a group
    const int widest = std::clamp(most_macs / (form.m * products), 1, form.n);

    PassSchedule schedule;
    schedule.groups = rule.groups;
    int multiplied = 0;  // stored values of a row, times columns, of the passes so far
    for (int matrix = 0; matrix < form.matrices(); ++matrix) {
        for (int group = 0; group < schedule.groups; ++group) {
            for (int column = 0; column < form.n; column += widest) {
                const int columns = std::min(widest, form.n - column);
                const int macs = form.m * products * columns;
                const int stored = columns * products;
                const int b_values =
                    fed_values(form, multiplied + stored) - fed_values(form, multiplied);
                const int feed_cycles =
                    form.extended()
                        ? fed_cycles(spec, form, multiplied + stored) -
                              fed_cycles(spec, form, multiplied)
                        : divide_up(b_values * types::bits(form.b), spec.b_bits_per_cycle);
                multiplied += stored;
                const int cycles = std::max(divide_up(macs, most_macs), feed_cycles);
                schedule.passes.push_back(
                    {{matrix, group, 1, column, columns}, cycles, b_values, macs});
                schedule.cycles += cycles;
            }
        }
    }
    const int expansion = types::bits(form.a) < 8 ? spec.sub_byte_overhead_cycles : 0;
    schedule.interval = std::max(schedule.cycles + expansion + spec.instruction_overhead_cycles,
                                 collection_cycles(spec, form));
    schedule.completion =
        std::max(spec.completion_cycles + expansion + (k_steps(form) - 1) * spec.k_step_cycles,
                 schedule.interval);
    return schedule;
}

}  // namespace sptc::tensor_core
