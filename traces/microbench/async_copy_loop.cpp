#include "traces/microbench/async_copy_loop.hpp"

#include <fmt/format.h>

namespace sptc::microbench {

using fmt::format;

double bytes(const AsyncCopyLoop& loop) {
    return static_cast<double>(loop.bytes) * isa::kLanes * loop.warps * loop.ilp;
}

Microbenchmark write(const AsyncCopyLoop& loop, const isa::Architecture& architecture) {
    const auto cta_bytes = static_cast<std::uint32_t>(bytes(loop));
    const std::uint32_t copy_bytes = loop.bytes * isa::kLanes * loop.warps;  // of one of ilp
    const std::string_view cache = suffix(loop.cache);
    Frame frame;
    frame.entry = "async_copy_loop";
    frame.comment =
        format("{} cp.async{} of {} bytes, then the wait for them", loop.ilp, cache, loop.bytes);
    frame.parameters = {".u64 param_source"};
    frame.declarations = {".reg .b32 %to", ".reg .b64 %from"};
    frame.prologue = {"ld.param.u64 %from, [param_source]",
                      "cvta.to.global.u64 %from, %from",
                      format("mad.wide.u32 %from, %cta, {}, %from",
                             loop.moves ? cta_bytes * loop.most_iterations : cta_bytes),
                      format("mad.wide.u32 %from, %thread, {}, %from", loop.bytes),
                      "mov.u32 %to, tile",
                      format("mad.lo.u32 %to, %thread, {}, %to", loop.bytes)};
    for (std::uint32_t copy = 0; copy < loop.ilp; ++copy) {
        frame.body.push_back(format("cp.async{}.shared.global [%to+{}], [%from+{}], {}", cache,
                                    copy * copy_bytes, copy * copy_bytes, loop.bytes));
    }
    frame.body.insert(frame.body.end(), {"cp.async.commit_group", "cp.async.wait_group 0"});
    if (loop.moves) frame.body.push_back(format("add.u64 %from, %from, {}", cta_bytes));
    frame.epilogue = {"ld.shared.b32 %kept, [%to]"};

    Microbenchmark result;
    result.ptx = module_head(architecture) + "\n.extern .shared .align 128 .b8 tile[];\n" +
                 entry_text(frame);
    result.launch = timed_launch(frame.entry, loop.ctas, loop.warps * isa::kLanes);
    result.launch.dynamic_shared_bytes = cta_bytes;
    launch::Buffer source;
    source.name = "source";
    source.bytes = std::uint64_t{cta_bytes} * loop.ctas * (loop.moves ? loop.most_iterations : 1);
    result.launch.buffers.push_back(source);
    result.launch.arguments.emplace_back(launch::BufferArgument{source.name, 0});
    return result;
}

}  // namespace sptc::microbench
