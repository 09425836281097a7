#pragma once
#include <vector>

#include "models/isa/dot_rule.hpp"
#include "models/isa/mma.hpp"
#include "models/tensor_core/slice.hpp"
#include "models/tensor_core/tensor_core_spec.hpp"

namespace sptc::tensor_core {

/// One slice of work and what it costs.
struct Pass {
    Slice slice;
    int cycles;    ///< the larger of what the multipliers and what the B feed take
    int b_values;  ///< values of B that the operand selector fetches
    int macs;      ///< multiplications executed
};

/// The passes of one form in the order they run: group 0 over all columns, then group 1, ...
struct PassSchedule {
    std::vector<Pass> passes;
    int groups = 0;
    int cycles = 0;      ///< sum over the passes: what the widths give
    int interval = 0;    ///< to the next instruction: passes, overhead and operand collection
    int completion = 0;  ///< from issue to the issue of an mma that accumulates on the result
};

/// Cycles in which the operands of a form are read: A, B and C at the ports, then the metadata.
[[nodiscard]] int collection_cycles(const TensorCoreSpec& spec, const isa::MmaForm& form);

/// A pass takes as many columns as the multipliers can do in one cycle (at least one, at most all).
/// m16n8k16 f16 on an A100: 2 columns x 8 slots x 16 rows = 256 products a pass, 8 passes.
[[nodiscard]] PassSchedule make_schedule(const TensorCoreSpec& spec, const isa::DotRule& rule,
                                         const isa::MmaForm& form);

}  // namespace sptc::tensor_core
