#pragma once
#include "traces/probe/probe.hpp"

namespace sptc::probe {

// Probes of how a floating-point sum is formed (numerics.md, section 8). Each fills a probe whose
// kernel is set.

/// P1: for all pairs of addends +U and -U, which of the other addends, all v, survive beside them?
/// One group absorbs all; of several groups, those that run apart from the pair survive.
void fill_partition(const isa::Architecture& architecture, NumericsProbe& probe);

/// P2: beside +U and -U, which is the least U * 2^-x that is kept?
void fill_fraction_bits(const isa::Architecture& architecture, NumericsProbe& probe);

/// P3: what becomes of fractions of the last kept unit?
void fill_truncation(const isa::Architecture& architecture, NumericsProbe& probe);

/// P4: does a product of 2 or more raise the exponent that terms are aligned to?
void fill_normalisation(const isa::Architecture& architecture, NumericsProbe& probe);

/// P7: with tiny terms only, how small a term is kept?
void fill_exponent_floor(const isa::Architecture& architecture, NumericsProbe& probe);

}  // namespace sptc::probe
