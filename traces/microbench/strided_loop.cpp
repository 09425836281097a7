#include "traces/microbench/strided_loop.hpp"

#include <fmt/format.h>

namespace sptc::microbench {

using fmt::format;

namespace {

/// Loads of an iteration lie this far apart: the same banks, other addresses, so that none is the
/// repetition of another.
constexpr std::uint32_t kLoadStepBytes = 512;

}  // namespace

Microbenchmark write(const StridedLoop& loop, const isa::Architecture& architecture) {
    const std::uint32_t bytes = loop.element_bits / 8;
    Frame frame;
    frame.entry = "strided_loop";
    frame.comment = format("{} loads of {} bits, lanes {} elements apart", loop.loads,
                           loop.element_bits, loop.stride);
    frame.parameters = {".u64 param_data"};
    frame.declarations = {".reg .b64 %at, %step"};
    frame.prologue = {"ld.param.u64 %at, [param_data]", "cvta.to.global.u64 %at, %at",
                      format("mad.wide.u32 %at, %lane, {}, %at", loop.stride * bytes),
                      format("mov.b64 %step, {}", kLoadStepBytes * loop.loads)};
    const int words = static_cast<int>(loop.element_bits / 32);
    const std::string vector = words == 1 ? ".u32" : ".v2.u32";
    for (std::uint32_t i = 0; i < loop.loads; ++i) {
        const std::string d = format("d{}_", i);
        frame.declarations.push_back(format(".reg .b32 %{}<{}>", d, words));
        frame.body.push_back(format("ld.global.ca{} {}, [%at+{}]", vector,
                                    words == 1 ? format("%{}0", d) : register_list(d, words),
                                    i * kLoadStepBytes));
    }
    for (std::uint32_t i = 0; i < loop.loads; ++i)
        frame.body.push_back(format("xor.b32 %kept, %kept, %d{}_0", i));
    // The next iteration loads elsewhere, or ptxas would load once, before the loop.
    frame.body.emplace_back("add.s64 %at, %at, %step");
    frame.body.emplace_back("neg.s64 %step, %step");

    Microbenchmark result;
    result.ptx = module_head(architecture) + entry_text(frame);
    result.launch = timed_launch(frame.entry, 1, loop.warps * isa::kLanes);
    launch::Buffer data;
    data.name = "data";
    data.bytes = std::uint64_t{2} * kLoadStepBytes * loop.loads +
                 std::uint64_t{isa::kLanes} * loop.stride * bytes + bytes;
    result.launch.buffers.push_back(data);
    result.launch.arguments.emplace_back(launch::BufferArgument{data.name, 0});
    return result;
}

}  // namespace sptc::microbench
