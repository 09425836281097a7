#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/sparsity/compress.hpp"
#include "traces/gemm/layout.hpp"
#include "traces/gemm/plan.hpp"

namespace sptc::gemm {

// A and E of an extended pattern in device memory: for each k-step, for each block of rows (16 of
// A; of E as many tiles of 16 as its sparsity selectors tell apart) the registers of the fragment,
// in runs of load_width() registers: [run][lane][register of the run]. A warp loads a block with
// one vector load a run, free of bank conflicts, and a CTA copies whole runs of blocks.

/// Registers of a run: 4, 2 or 1, the most that divide a block's.
[[nodiscard]] constexpr std::uint32_t load_width(std::uint32_t registers) {
    return registers % 4 == 0 ? 4 : registers % 2 == 0 ? 2 : 1;
}

struct ExtendedOperands {
    std::vector<std::byte> a;  ///< layout.a_bytes
    std::vector<std::byte> e;  ///< layout.e_bytes
};

/// The buffers of a compressed A [M x K]. Rows beyond M and groups beyond K are zeros at the last n
/// places of their group.
[[nodiscard]] ExtendedOperands extended_operands(const KernelPlan& plan, const GemmLayout& layout,
                                                 const sparsity::Compressed<double>& a);

}  // namespace sptc::gemm
