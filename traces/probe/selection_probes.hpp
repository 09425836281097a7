#pragma once
#include "traces/probe/probe.hpp"

namespace sptc::probe {

// Probes of which B values a sparse instruction takes (numerics.md, section 8).

/// P5: random instructions, and the same with NaN, infinity, the largest value and -0 where B is
/// pruned; and explicit zeros of A that meet an infinite (or NaN) B.
void fill_immunity(const isa::Architecture& architecture, NumericsProbe& probe);

/// P6: every legal code at every chunk of every row. D spells the two selects: a column answers for
/// one chunk, and d = (s0 + 1) + 4 * (s1 + 1), or s0 + 1 where a code has one select.
void fill_selection(const isa::Architecture& architecture, NumericsProbe& probe);

/// P6, illegal codes: the same with all 16 codes. An observation: PTX calls them undefined.
void fill_illegal_selection(const isa::Architecture& architecture, NumericsProbe& probe);

}  // namespace sptc::probe
