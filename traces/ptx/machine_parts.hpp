#pragma once
#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

/// Executes the PTX operations that one machine operation stands for, in turn (Op::first_part).
void execute_parts(Execution& execution);

/// Executes Program::preloads for all lanes of a warp that starts.
void execute_preloads(const Program& program, CtaState& cta, std::uint32_t* predicates,
                      isa::LaneRegister* registers32, LaneRegister64* registers64);

}  // namespace sptc::ptx
