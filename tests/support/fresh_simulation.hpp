#pragma once
#include "sim/run/simulation.hpp"

namespace sptc::test {

/// A SystemC simulation of one test case's own. Declare it before any module, so that it outlives
/// them.
using FreshSimulation = run::Simulation;

}  // namespace sptc::test
