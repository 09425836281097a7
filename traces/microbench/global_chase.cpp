#include "traces/microbench/global_chase.hpp"

#include <fmt/format.h>

namespace sptc::microbench {
namespace {

using fmt::format;

constexpr std::uint32_t kInitThreads = 256;

/// Every element holds the address of the next, or its offset when they are found by index; the
/// last leads to the first. 128-bit loads take a pointer and two words that nobody reads.
std::string init_text(const GlobalChase& chase) {
    const std::string value = chase.next == NextAddress::kPointer ? "%value" : "%offset";
    std::string text = "\n// Writes the chain: one thread an element.\n";
    text +=
        ".visible .entry chain_init(\n    .param .u64 param_chain,\n    .param .u32 "
        "param_elements)\n{\n";
    for (const std::string& line :
         std::vector<std::string>{".reg .pred %p",
                                  ".reg .b32 %thread, %cta, %threads, %n, %next, %elements",
                                  ".reg .b64 %chain, %at, %value, %offset",
                                  "ld.param.u64 %chain, [param_chain]",
                                  "cvta.to.global.u64 %chain, %chain",
                                  "ld.param.u32 %elements, [param_elements]",
                                  "mov.u32 %thread, %tid.x",
                                  "mov.u32 %cta, %ctaid.x",
                                  "mov.u32 %threads, %ntid.x",
                                  "mad.lo.u32 %n, %cta, %threads, %thread",
                                  "setp.ge.u32 %p, %n, %elements",
                                  "@%p ret",
                                  "add.u32 %next, %n, 1",
                                  "setp.eq.u32 %p, %next, %elements",
                                  "selp.b32 %next, 0, %next, %p",
                                  format("mul.wide.u32 %offset, %next, {}", chase.stride_bytes),
                                  "add.u64 %value, %chain, %offset",
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
    Frame frame;
    frame.entry = "global_chase";
    frame.comment = format("one dependent ld.global{}, {} bytes apart", cache, chase.stride_bytes);
    frame.parameters = {".u64 param_chain", ".u32 param_elements", ".u32 param_warm_passes"};
    frame.declarations = {".reg .pred %more, %pass",
                          ".reg .b32 %elements, %passes, %n, %loaded, %high, %rest<2>",
                          ".reg .b64 %chain, %at, %next, %offset"};
    frame.prologue = {"ld.param.u64 %chain, [param_chain]",
                      "cvta.to.global.u64 %chain, %chain",
                      "ld.param.u32 %elements, [param_elements]",
                      "ld.param.u32 %passes, [param_warm_passes]",
                      "PASS:",
                      "setp.eq.u32 %pass, %passes, 0",
                      "@%pass bra WARM",
                      "mov.u32 %n, %lane",
                      "NEXT:",
                      "setp.ge.u32 %more, %n, %elements",
                      "@%more bra PASSED",
                      format("mad.wide.u32 %at, %n, {}, %chain", chase.stride_bytes),
                      format("ld.global{}.u32 %loaded, [%at]", cache),
                      "xor.b32 %kept, %kept, %loaded",
                      "add.u32 %n, %n, 32",
                      "bra NEXT",
                      "PASSED:",
                      "sub.u32 %passes, %passes, 1",
                      "bra PASS",
                      "WARM:",
                      "bar.warp.sync 0xffffffff",
                      "mov.b64 %at, %chain",
                      "mov.b64 %offset, 0",
                      "setp.ne.u32 %first, %lane, 0",
                      "@%first ret"};
    if (index) {
        frame.body = {"add.u64 %next, %chain, %offset",
                      format("ld.global{}.u32 %loaded, [%next]", cache),
                      "cvt.u64.u32 %offset, %loaded"};
        frame.epilogue = {"xor.b32 %kept, %kept, %loaded"};
    } else if (chase.bits == 128) {
        frame.body = {format("ld.global{}.v4.u32 {{%loaded, %high, %rest0, %rest1}}, [%at]", cache),
                      "mov.b64 %at, {%loaded, %high}"};
        frame.epilogue = {"xor.b32 %kept, %rest0, %rest1", "xor.b32 %kept, %kept, %loaded"};
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
    timed.arguments.emplace_back(launch::ScalarArgument{"u32", elements});
    timed.arguments.emplace_back(launch::ScalarArgument{"u32", chase.warm_passes});
    launch::Launch& all = result.launch;
    all.buffers = timed.buffers;
    all.buffers.push_back(chain);
    all.outputs = timed.outputs;
    all.entry = "chain_init";
    all.grid.x = (elements + kInitThreads - 1) / kInitThreads;
    all.block.x = kInitThreads;
    all.arguments = {launch::BufferArgument{chain.name, 0},
                     launch::ScalarArgument{"u32", elements}};
    all.next = {static_cast<const launch::KernelLaunch&>(timed)};
    return result;
}

}  // namespace sptc::microbench
