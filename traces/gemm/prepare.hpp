#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/sparsity/dense.hpp"
#include "traces/gemm/gemm.hpp"
#include "traces/gemm/layout.hpp"
#include "traces/launch/launch.hpp"

namespace sptc::gemm {

/// The values of a problem as tight row-major matrices, before they are laid out with pitches. A
/// and B hold values of their types exactly.
struct GemmOperands {
    const sparsity::Dense<double>& a;      ///< [M x K]; of a sparse problem pruned to its pattern
    std::span<const double> b;             ///< [K x N], whatever the layout in device memory
    std::span<const std::byte> c;          ///< [M x N] accumulators, little endian; empty without C
    std::span<const std::byte> bias = {};  ///< [N] accumulators; empty without bias
};

/// The launch of a kernel without values: buffers A, [E,] B, [C,] [BIAS,] D [PARTIAL, TURNS] have
/// sizes and types but no data; TURNS is zero.
[[nodiscard]] launch::Launch make_launch(const GemmKernel& kernel, const GemmLayout& layout);

/// The same with padded data in A, [E,] B and [C]; a sparse A is compressed. Throws ConfigError
/// naming the operand whose size does not fit, and as sparsity::require_pattern does when a sparse
/// A does not fit its pattern.
[[nodiscard]] launch::Launch make_launch(const GemmKernel& kernel, const GemmLayout& layout,
                                         const GemmOperands& operands);

/// The tight [M x N] matrix in a pitched D buffer.
[[nodiscard]] std::vector<std::byte> extract_d(const GemmProblem& problem, const GemmLayout& layout,
                                               std::span<const std::byte> buffer);

}  // namespace sptc::gemm
