#pragma once
#include <string>
#include <vector>

#include "traces/launch/launch.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// Why CTAs of a launch must be executed one instruction after the other, in the order of cycles:
/// "kernel.ptx:12 'atom.global.add.u32' ..."; empty when they may run at the same time with their
/// stores kept back for a while, because none of them can notice. `program`: PTX as written.
/// Accesses beyond the buffer that an address was made from are not considered.
[[nodiscard]] std::string one_thread_because(const Program& program,
                                             const launch::KernelLaunch& launch,
                                             const std::vector<launch::Buffer>& buffers);

}  // namespace sptc::ptx
