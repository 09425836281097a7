#pragma once
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// Fills in Program::generic_twins: the instructions of generic accesses as they look when the
/// lanes meet another space. After the spans of the instructions are made.
void make_twins(Program& program);

}  // namespace sptc::ptx
