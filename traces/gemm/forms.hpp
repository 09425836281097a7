#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "models/isa/mma.hpp"
#include "traces/gemm/gemm.hpp"

namespace sptc::gemm {

/// The forms that kernels are written with, one for each combination of types and pattern: those of
/// sm_80 that take 32 bytes of a row of A.
[[nodiscard]] std::vector<const isa::MmaForm*> kernel_forms();

/// The form of a problem. Throws ConfigError listing what there are kernels for.
[[nodiscard]] const isa::MmaForm& form_of(const GemmProblem& problem);

/// Rows of a block of 128 bytes of metadata, in which lane 4g + t of a warp finds its own word: 32
/// rows where words have 16 bits (sparsity selectors 0 and 1 name their halves), 16 where 32.
[[nodiscard]] std::uint32_t metadata_block_rows(const isa::MmaForm& form);

}  // namespace sptc::gemm
