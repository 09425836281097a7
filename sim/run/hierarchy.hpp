#pragma once
#include <string>

#include "models/gpu/gpu_spec.hpp"

namespace sptc::run {

/// The SystemC module tree of a GPU, one object a line: name, class, and for ports and exports the
/// object they are bound to (its path below the nearest common module). Siblings that are built
/// alike are folded into one line, "sm1 .. sm107 (as sm0)". Elaborates the GPU and simulates
/// nothing.
[[nodiscard]] std::string hierarchy_text(const gpu::GpuSpec& spec);

}  // namespace sptc::run
