#pragma once
#include "traces/probe/probe.hpp"

namespace sptc::probe {

// Probes of zeros, overflow, NaN and integer clamping (numerics.md, section 8).

/// P8: the sign of a zero result.
void fill_zero_sign(const isa::Architecture& architecture, NumericsProbe& probe);

/// P9: results at the edge of D's range.
void fill_overflow(const isa::Architecture& architecture, NumericsProbe& probe);

/// P10: which NaN comes out?
void fill_nan(const isa::Architecture& architecture, NumericsProbe& probe);

/// P11: are integers clamped once, or after each half of K? Wrapping forms answer alike.
void fill_clamping(const isa::Architecture& architecture, NumericsProbe& probe);

}  // namespace sptc::probe
