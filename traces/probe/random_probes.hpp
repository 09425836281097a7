#pragma once
#include <cstdint>

#include "traces/probe/probe.hpp"

namespace sptc::probe {

/// Which of the random instructions of a form a probe holds. Any part can be made by itself.
struct RandomPart {
    std::uint64_t seed = 1;
    std::uint64_t first = 0;  ///< of all instructions of the form
    std::uint32_t instructions = 0;
};

/// P12: random operands of every input class in turn; the architecture's row is the expectation.
void fill_random(const isa::Architecture& architecture, const RandomPart& part,
                 NumericsProbe& probe);

/// P14: the same for fp8, with each known way to execute it as a hypothesis.
void fill_fp8_paths(const isa::Architecture& architecture, const RandomPart& part,
                    NumericsProbe& probe);

}  // namespace sptc::probe
