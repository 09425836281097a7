#pragma once
#include <vector>

#include "models/gpu/gpu.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/launch/launch.hpp"
#include "traces/ptx/program.hpp"
#include "traces/sanitize/sanitizer.hpp"

namespace sptc::run {

/// What decides whether SMs may run on several threads.
struct ThreadChoice {
    const ptx::Program& written;   ///< PTX as written
    const ptx::Program& executed;  ///< the same or lowered
    const launch::KernelLaunch& launch;
    const std::vector<launch::Buffer>& buffers;
    launch::Values values;
    const sanitize::Sanitizer* sanitizer;  ///< may be absent
    bool saves_trace;
};

/// Where several threads are asked for but would change the result, says why it must be one.
void choose_threads(gpu::RunOptions& options, const ThreadChoice& choice);

}  // namespace sptc::run
