#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/isa/mma.hpp"
#include "models/sparsity/compress.hpp"
#include "models/sparsity/prune.hpp"
#include "traces/gemm/layout.hpp"

namespace sptc::gemm {

/// Prunes A [M x K] by magnitude to what a sparse form multiplies: 2:4, 1:2, 4:8 in pairs, or its
/// N:M.
sparsity::PruneReport prune_a(const isa::MmaForm& form, sparsity::Dense<double>& a);

/// A [M x K] without its dropped elements: for each stored element its place in its chunk. Throws
/// ConfigError as sparsity::require_pattern does.
[[nodiscard]] sparsity::Compressed<double> compress_a(const isa::MmaForm& form,
                                                      const sparsity::Dense<double>& a);

/// The metadata buffer of a compressed A: un-reordered words (PTX ISA, mma.sp), padded with legal
/// codes to whole CTA tiles and stages, in the order of sparsity/metadata_order.hpp.
[[nodiscard]] std::vector<std::byte> metadata_of(const isa::MmaForm& form,
                                                 const sparsity::Compressed<double>& a,
                                                 const GemmLayout& layout);

}  // namespace sptc::gemm
