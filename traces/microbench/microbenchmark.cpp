#include "traces/microbench/microbenchmark.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/base/error.hpp"

namespace sptc::microbench {
namespace {

constexpr std::uint64_t kClockBytes = 16;  // begin and end
constexpr std::uint64_t kWordBytes = 4;

void append_line(std::string& text, const std::string& line) {
    if (line.back() == ':') {
        text += line + "\n";
    } else {
        text += "    " + line + ";\n";
    }
}

void append(std::string& text, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) append_line(text, line);
}

}  // namespace

void Microbenchmark::set_iterations(std::uint32_t iterations) {
    launch::KernelLaunch& kernel = launch.next.empty() ? launch : launch.next.back();
    SPTC_ASSERT(kernel.arguments.size() > kIterationsArgument);
    kernel.arguments[kIterationsArgument] = launch::ScalarArgument{"u32", iterations};
}

const launch::KernelLaunch& Microbenchmark::timed() const {
    return launch.next.empty() ? launch : launch.next.back();
}

std::string module_head(const isa::Architecture& architecture, const isa::MmaForm* form) {
    // fp8 and the Blackwell targets came with 8.7 (PTX ISA, release notes).
    constexpr int kBlackwell = 100;
    const bool fp8 =
        form != nullptr && types::bits(form->a) == 8 && form->dot == isa::DotKind::kFloat;
    const char* version = fp8 || architecture.number >= kBlackwell ? "8.7" : "8.5";
    return fmt::format(".version {}\n.target {}\n.address_size 64\n", version, architecture.name);
}

std::string entry_text(const Frame& frame) {
    std::string text = fmt::format("\n// {}\n.visible .entry {}(\n", frame.comment, frame.entry);
    text += "    .param .u64 param_clocks,\n    .param .u64 param_sink,\n";
    text += "    .param .u32 param_iterations";
    for (const std::string& parameter : frame.parameters) text += ",\n    .param " + parameter;
    text += ")\n{\n";
    append(text, {".reg .pred %again, %first",
                  ".reg .b32 %thread, %lane, %warp, %cta, %threads, %warps, %i, %kept",
                  ".reg .b64 %clocks, %sink, %begin, %end"});
    append(text, frame.declarations);
    append(text, {"mov.u32 %thread, %tid.x", "mov.u32 %cta, %ctaid.x", "mov.u32 %threads, %ntid.x",
                  "and.b32 %lane, %thread, 31", "shr.u32 %warp, %thread, 5",
                  "ld.param.u64 %clocks, [param_clocks]", "cvta.to.global.u64 %clocks, %clocks",
                  "ld.param.u64 %sink, [param_sink]", "cvta.to.global.u64 %sink, %sink",
                  "ld.param.u32 %i, [param_iterations]", "mov.b32 %kept, 0"});
    append(text, frame.prologue);
    append(text, {"bar.sync 0", "mov.u64 %begin, %clock64"});
    if (frame.loops) append(text, {"LOOP:", ".pragma \"nounroll\""});
    append(text, frame.body);
    if (frame.loops)
        append(text, {"add.s32 %i, %i, -1", "setp.ne.s32 %again, %i, 0", "@%again bra LOOP"});
    append(text, {"mov.u64 %end, %clock64"});
    append(text, frame.epilogue);
    append(text, {"mad.lo.u32 %i, %cta, %threads, %thread", "mad.wide.u32 %sink, %i, 4, %sink",
                  "st.global.b32 [%sink], %kept", "add.u32 %warps, %threads, 31",
                  "shr.u32 %warps, %warps, 5", "mad.lo.u32 %i, %cta, %warps, %warp",
                  "mad.wide.u32 %clocks, %i, 16, %clocks", "setp.eq.u32 %first, %lane, 0",
                  "@%first st.global.u64 [%clocks], %begin",
                  "@%first st.global.u64 [%clocks+8], %end", "ret"});
    return text + "}\n";
}

launch::Launch timed_launch(std::string entry, std::uint32_t ctas, std::uint32_t threads) {
    launch::Launch launch;
    launch.entry = std::move(entry);
    launch.grid.x = ctas;
    launch.block.x = threads;
    const std::uint64_t warps = (threads + isa::kLanes - 1) / isa::kLanes;
    launch::Buffer clocks;
    clocks.name = kClocks;
    clocks.bytes = kClockBytes * warps * ctas;
    launch::Buffer sink;
    sink.name = kSink;
    sink.bytes = kWordBytes * threads * ctas;
    launch.buffers = {clocks, sink};
    launch.arguments = {launch::BufferArgument{clocks.name, 0},
                        launch::BufferArgument{sink.name, 0}, launch::ScalarArgument{"u32", 1}};
    launch.outputs = {clocks.name};
    return launch;
}

std::string register_list(std::string_view prefix, int count) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.push_back(fmt::format("%{}{}", prefix, i));
    return fmt::format("{{{}}}", fmt::join(names, ", "));
}

}  // namespace sptc::microbench
