#pragma once
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// Fills in Program::flow: the order in which lanes that run apart take their turns, so that they
/// meet again at the immediate post-dominator of the branch that parted them, or before.
///
/// The order is a weak topological one (Bourdoncle 1993): without the edges back to loop heads
/// every block comes after all blocks that lead to it, and a loop is in one piece. The lanes with
/// the smallest order run, so none passes a block while others can still come to it: they wait at
/// the join. A lane that goes back to the head of its loop waits at the loop's latch, an order
/// behind the whole loop, until the others have come there or have left the loop.
void order_flow(Program& program);

}  // namespace sptc::ptx
