#include "models/tensor_core/tensor_core_spec.hpp"

#include <fmt/format.h>

#include <string_view>

#include "models/base/error.hpp"
#include "models/isa/architecture.hpp"
#include "models/numeric/operand_fragment.hpp"

namespace sptc::tensor_core {
namespace {

void require_range(std::string_view field, int value, int low, int high) {
    if (value >= low && value <= high) return;
    throw base::ConfigError(
        fmt::format("/sm/tensor_core/{}: found {}, expected {} to {}", field, value, low, high));
}

}  // namespace

void validate(const TensorCoreSpec& spec) {
    constexpr int kMuxInputs = 4;
    constexpr int kLargestCycles = 1000;
    constexpr int kLargestWidth = 1 << 20;
    (void)isa::find_architecture(spec.arch);
    require_range("f16_macs_per_cycle", spec.f16_macs_per_cycle, 16, kLargestWidth);
    require_range("f64_macs_per_cycle", spec.f64_macs_per_cycle, 1, kLargestWidth);
    require_range("b_bits_per_cycle", spec.b_bits_per_cycle, 32, kLargestWidth);
    require_range("f32_accumulate_divisor", spec.f32_accumulate_divisor, 1, kLargestCycles);
    require_range("completion_cycles", spec.completion_cycles, 1, kLargestCycles);
    require_range("k_step_cycles", spec.k_step_cycles, 0, kLargestCycles);
    require_range("instruction_overhead_cycles", spec.instruction_overhead_cycles, 0,
                  kLargestCycles);
    require_range("sub_byte_overhead_cycles", spec.sub_byte_overhead_cycles, 0, kLargestCycles);
    require_range("operand_registers_per_cycle", spec.operand_registers_per_cycle, 0,
                  kLargestWidth);
    require_range("metadata_read_cycles", spec.metadata_read_cycles, 0, kLargestCycles);
    require_range("sparse_minimum_interval_cycles", spec.sparse_minimum_interval_cycles, 0,
                  kLargestCycles);
    require_range("flexible_patterns/largest_group", spec.flexible.largest_group, 0,
                  sparsity::kMaxPatternGroup);
    for (const SwappedMuxInputs& fault : spec.swapped_mux_inputs) {
        require_range("swapped_mux_inputs row", fault.row, 0, numeric::kMaxRows - 1);
        require_range("swapped_mux_inputs slot", fault.slot, 0, isa::kMaxSlots - 1);
        require_range("swapped_mux_inputs first_input", fault.first_input, 0, kMuxInputs - 1);
        require_range("swapped_mux_inputs second_input", fault.second_input, 0, kMuxInputs - 1);
    }
    if (spec.simd && !numeric::supported(*spec.simd)) {
        throw base::ConfigError(fmt::format("tensor core: simd is {}: this processor lacks it",
                                            numeric::name(*spec.simd)));
    }
}

void require_datapath(const TensorCoreSpec& spec, const isa::MmaForm& form) {
    if (!form.extended() || form.metadata->pattern->m <= spec.flexible.largest_group) return;
    const std::string has =
        spec.flexible.largest_group == 0
            ? "it has only those of its own mma.sp; a GPU description with "
              "/sm/tensor_core/flexible_patterns, such as a100-flexible-nm, has more"
            : fmt::format(
                  "its muxes have {} inputs (/sm/tensor_core/flexible_patterns/largest_group)",
                  spec.flexible.largest_group);
    throw base::ConfigError(fmt::format("the tensor core has no datapath for pattern {}: {}",
                                        form.metadata->pattern->name, has));
}

}  // namespace sptc::tensor_core
