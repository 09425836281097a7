#include "traces/microbench/global_chase.hpp"

#include <fmt/format.h>

#include <bit>

namespace sptc::microbench {
namespace {

using fmt::format;

constexpr std::uint32_t kInitThreads = 256;

constexpr std::uint32_t kWordBytes = 4;  // an index counts words
constexpr std::uint32_t kWordShift = 2;
constexpr std::uint32_t kSectorBytes = 32;

/// Every element holds the address of the next, or its index when they are found by index; the
/// last leads to the first. 128-bit loads take a pointer and two words that nobody reads. Where
/// every lane chases, an element has a pointer for each.
std::string init_text(const GlobalChase& chase) {
    const std::string value = chase.next == NextAddress::kPointer ? "%value" : "%index";
    std::string text = "\n// Writes the chain: one thread a pointer.\n";
    text +=
        ".visible .entry chain_init(\n    .param .u64 param_chain,\n    .param .u32 "
        "param_elements)\n{\n";
    for (const std::string& line : std::vector<std::string>{
             ".reg .pred %p",
             ".reg .b32 %thread, %cta, %threads, %n, %lane, %next, %elements",
             ".reg .b64 %chain, %at, %value, %offset, %index",
             "ld.param.u64 %chain, [param_chain]",
             "cvta.to.global.u64 %chain, %chain",
             "ld.param.u32 %elements, [param_elements]",
             "mov.u32 %thread, %tid.x",
             "mov.u32 %cta, %ctaid.x",
             "mov.u32 %threads, %ntid.x",
             "mad.lo.u32 %n, %cta, %threads, %thread",
             format("and.b32 %lane, %n, {}", chase.lanes - 1),
             format("shr.u32 %n, %n, {}", std::countr_zero(chase.lanes)),
             "setp.ge.u32 %p, %n, %elements",
             "@%p ret",
             format("mad.wide.u32 %chain, %lane, {}, %chain", chase.lane_bytes()),
             "add.u32 %next, %n, 1",
             "setp.eq.u32 %p, %next, %elements",
             "selp.b32 %next, 0, %next, %p",
             format("mul.wide.u32 %offset, %next, {}", chase.stride_bytes),
             "add.u64 %value, %chain, %offset",
             format("shr.b64 %index, %offset, {}", kWordShift),
             format("mad.wide.u32 %at, %n, {}, %chain", chase.stride_bytes),
             format("st.global.u64 [%at], {}", value),
             "ret"}) {
        text += "    " + line + ";\n";
    }
    return text + "}\n";
}

}  // namespace

std::string_view suffix(CacheOperator cache) {
    return cache == CacheOperator::kAll ? ".ca" : ".cg";
}

Microbenchmark write(const GlobalChase& chase, const isa::Architecture& architecture) {
    const std::string_view cache = suffix(chase.cache);
    const bool index = chase.next == NextAddress::kIndex;
    // An element that every lane reads is longer than a sector.
    const std::uint32_t warm_stride = chase.lanes == 1 ? chase.stride_bytes : kSectorBytes;
    Frame frame;
    frame.entry = "global_chase";
    frame.comment = format("one dependent ld.global{}, {} bytes apart", cache, chase.stride_bytes);
    frame.parameters = {".u64 param_chain", ".u32 param_warm_passes"};
    frame.declarations = {".reg .pred %more, %pass", ".reg .b32 %passes, %n, %loaded, %high",
                          ".reg .b64 %chain, %at, %next, %rest"};
    frame.prologue = {"ld.param.u64 %chain, [param_chain]",
                      "cvta.to.global.u64 %chain, %chain",
                      "ld.param.u32 %passes, [param_warm_passes]",
                      "PASS:",
                      "setp.eq.u32 %pass, %passes, 0",
                      "@%pass bra WARM",
                      "mov.u32 %n, %lane",
                      "NEXT:",
                      format("setp.ge.u32 %more, %n, {}", chase.footprint_bytes / warm_stride),
                      "@%more bra PASSED",
                      format("mad.wide.u32 %at, %n, {}, %chain", warm_stride),
                      format("ld.global{}.u32 %loaded, [%at]", cache),
                      "xor.b32 %kept, %kept, %loaded",
                      "add.u32 %n, %n, 32",
                      "bra NEXT",
                      "PASSED:",
                      "sub.u32 %passes, %passes, 1",
                      "bra PASS",
                      "WARM:",
                      "bar.warp.sync 0xffffffff",
                      format("mad.wide.u32 %at, %lane, {}, %chain", chase.lane_bytes())};
    if (chase.lanes == 1) {
        frame.prologue.emplace_back("setp.ne.u32 %first, %lane, 0");
        frame.prologue.emplace_back("@%first ret");
    }
    if (index) {
        frame.prologue.emplace_back("mov.b32 %loaded, 0");
        // One IMAD.WIDE, as ptxas makes of array[i] of C.
        frame.body = {format("mad.wide.u32 %next, %loaded, {}, %chain", kWordBytes),
                      format("ld.global{}.u32 %loaded, [%next]", cache)};
        frame.epilogue = {"xor.b32 %kept, %kept, %loaded"};
    } else if (chase.bits == 128) {
        frame.body = {format("ld.global{}.v2.u64 {{%at, %rest}}, [%at]", cache)};
        frame.epilogue = {"xor.b64 %at, %at, %rest", "mov.b64 {%loaded, %high}, %at",
                          "xor.b32 %kept, %kept, %loaded"};
    } else {
        frame.body = {format("ld.global{}.u64 %at, [%at]", cache)};
        frame.epilogue = {"mov.b64 {%loaded, %high}, %at", "xor.b32 %kept, %kept, %loaded"};
    }

    Microbenchmark result;
    result.ptx = module_head(architecture) + init_text(chase) + entry_text(frame);
    launch::Launch timed = timed_launch(frame.entry, 1, isa::kLanes);
    launch::Buffer chain;
    chain.name = "chain";
    chain.bytes = chase.footprint_bytes;
    const auto elements = static_cast<std::uint32_t>(chase.elements());
    timed.arguments.emplace_back(launch::BufferArgument{chain.name, 0});
    timed.arguments.emplace_back(launch::ScalarArgument{"u32", chase.warm_passes});
    launch::Launch& all = result.launch;
    all.buffers = timed.buffers;
    all.buffers.push_back(chain);
    all.outputs = timed.outputs;
    all.entry = "chain_init";
    all.grid.x = (elements * chase.lanes + kInitThreads - 1) / kInitThreads;
    all.block.x = kInitThreads;
    all.arguments = {launch::BufferArgument{chain.name, 0},
                     launch::ScalarArgument{"u32", elements}};
    all.next = {static_cast<const launch::KernelLaunch&>(timed)};
    return result;
}

}  // namespace sptc::microbench
