#include "traces/microbench/sync_loop.hpp"

#include <fmt/format.h>

namespace sptc::microbench {
namespace {

std::string statement(SyncOperation operation) {
    switch (operation) {
        case SyncOperation::kThreads:
            return "bar.sync 0";
        case SyncOperation::kWarp:
            return "bar.warp.sync %members";
        case SyncOperation::kShuffle:
            return "shfl.sync.idx.b32 %kept, %kept, %lane, 0x1f, %members";
    }
    return "";
}

}  // namespace

Microbenchmark write(const SyncLoop& loop, const isa::Architecture& architecture) {
    Frame frame;
    frame.entry = "sync_loop";
    frame.comment = fmt::format("{} x {}", loop.operations, statement(loop.operation));
    frame.declarations = {".reg .b32 %members"};
    // Every thread of a warp that exists takes part: the last warp may have fewer than 32.
    frame.prologue = {"activemask.b32 %members", "mov.b32 %kept, %lane"};
    for (std::uint32_t i = 0; i < loop.operations; ++i)
        frame.body.push_back(statement(loop.operation));
    return {module_head(architecture) + entry_text(frame),
            timed_launch(frame.entry, loop.ctas, loop.threads)};
}

}  // namespace sptc::microbench
