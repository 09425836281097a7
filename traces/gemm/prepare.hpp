#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "traces/gemm/gemm.hpp"
#include "traces/gemm/layout.hpp"
#include "traces/launch/launch.hpp"

namespace sptc::gemm {

/// The values of a problem as tight row-major matrices, before they are laid out with pitches.
struct GemmOperands {
    /// [M x a_columns] 16-bit inputs: K columns when dense; compressed values when sparse, at least
    /// 2 * ceil(K / 4) columns. Missing columns up to the pitch are zero.
    std::span<const std::uint16_t> a;
    /// [M x e_columns] un-reordered metadata words of 16 logical columns each, at least ceil(K /
    /// 16); empty when dense. The codes must be legal for mma.sp::ordered_metadata.
    std::span<const std::uint16_t> e;
    std::span<const std::uint16_t> b;  ///< [K x N]
    std::span<const std::byte> c;      ///< [M x N] accumulators, little endian; empty without C
};

/// The launch of a kernel without values: buffers A, [E,] B, [C,] D have sizes and types but no
/// data.
[[nodiscard]] launch::Launch make_launch(const GemmKernel& kernel, const GemmLayout& layout);

/// The same with padded data in A, [E,] B and [C]. Throws ConfigError naming the operand whose size
/// does not fit.
[[nodiscard]] launch::Launch make_launch(const GemmKernel& kernel, const GemmLayout& layout,
                                         const GemmOperands& operands);

/// The tight [M x N] matrix in a pitched D buffer.
[[nodiscard]] std::vector<std::byte> extract_d(const GemmProblem& problem, const GemmLayout& layout,
                                               std::span<const std::byte> buffer);

}  // namespace sptc::gemm
