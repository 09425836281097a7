#pragma once
#include <cstdint>

#include "models/variant/matrix.hpp"
#include "models/variant/pattern_text.hpp"

namespace sptc::variant {

/// Seeded operands: A has no zeros; every element of B is nonzero with probability `b_density`,
/// independently (the density model of data-dependent variants). Values are -127 .. 127.
[[nodiscard]] Operands random_operands(int m, int n, int k, double b_density, std::uint64_t seed);

/// Keeps the n largest |a| of every m columns of each row.
void prune_elements(Int8Matrix& a, Ratio ratio);

/// Keeps that part of all elements which has the largest |a|. Equals are taken in an order that
/// has nothing to do with their places, so that zeros fall independently.
void prune_unstructured(Int8Matrix& a, double kept);

/// Keeps the blocks.n blocks of `width` columns with the largest sums of |a|, of every blocks.m.
void prune_blocks(Int8Matrix& a, Ratio blocks, int width);

}  // namespace sptc::variant
