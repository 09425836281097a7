#include "traces/microbench/sequence_loop.hpp"

#include <fmt/format.h>

namespace sptc::microbench {
namespace {

using fmt::format;

/// "%x" becomes the register of a chain.
std::string in_chain(std::string_view statement, std::uint32_t chain) {
    std::string text;
    for (std::size_t i = 0; i < statement.size(); ++i) {
        text += statement[i];
        if (i > 0 && statement[i] == 'x' && statement[i - 1] == '%') text += std::to_string(chain);
    }
    return text;
}

/// Words of zeros that ptxas knows nothing of, in a buffer.
void add_zeros(Microbenchmark& benchmark) {
    launch::Buffer zeros;
    zeros.name = "zeros";
    zeros.bytes = 16;
    benchmark.launch.buffers.push_back(zeros);
    benchmark.launch.arguments.emplace_back(launch::BufferArgument{zeros.name, 0});
}

std::vector<std::string> load_zeros() {
    return {"ld.param.u64 %zeros, [param_zeros]", "cvta.to.global.u64 %zeros, %zeros",
            "ld.global.b32 %y, [%zeros]", "ld.global.b32 %z, [%zeros+4]"};
}

Frame with_zeros(std::string entry, std::string comment) {
    Frame frame;
    frame.entry = std::move(entry);
    frame.comment = std::move(comment);
    frame.parameters = {".u64 param_zeros"};
    frame.declarations = {".reg .b64 %zeros", ".reg .b32 %y, %z"};
    frame.prologue = load_zeros();
    return frame;
}

}  // namespace

std::span<const Sequence> sequences() {
    static const std::vector<Sequence> kSequences{
        {"fadd-ffma",
         "dependent FADD, FFMA",
         {"add.rn.f32 %x, %x, %y", "fma.rn.f32 %x, %x, %y, %z"},
         1},
        {"ffma", "dependent FFMA", {"fma.rn.f32 %x, %x, %y, %z"}, 1},
        {"hadd2", "dependent HADD2", {"add.rn.f16x2 %x, %x, %y"}, 1},
        {"iadd-lop", "dependent IADD3, LOP3", {"add.s32 %x, %x, %y", "xor.b32 %x, %x, %z"}, 1},
        {"ffma-independent", "eight independent FFMA", {"fma.rn.f32 %x, %x, %y, %z"}, 8},
        {"fadd-lop-independent",
         "eight independent pairs of FADD and LOP3, in turn",
         {"add.rn.f32 %x, %x, %y", "xor.b32 %x, %x, %z"},
         8},
        {"hfma2", "dependent HFMA2", {"fma.rn.f16x2 %x, %x, %y, %z"}, 1},
        {"dfma", "dependent DFMA", {"fma.rn.f64 %wide, %wide, %wide_y, %wide_z"}, 1},
    };
    return kSequences;
}

Microbenchmark write(const SequenceLoop& loop, const isa::Architecture& architecture) {
    const Sequence& sequence = *loop.sequence;
    Frame frame = with_zeros("sequence_loop", std::string(sequence.summary));
    frame.declarations.push_back(format(".reg .b32 %x<{}>", sequence.chains));
    frame.declarations.emplace_back(".reg .b64 %wide, %wide_y, %wide_z");
    frame.prologue.emplace_back("mov.b64 %wide, {%y, %z}");
    frame.prologue.emplace_back("mov.b64 %wide_y, {%y, %y}");
    frame.prologue.emplace_back("mov.b64 %wide_z, {%z, %z}");
    for (std::uint32_t chain = 0; chain < sequence.chains; ++chain) {
        frame.prologue.push_back(format("xor.b32 %x{}, %y, {}", chain, chain));
        frame.epilogue.push_back(format("xor.b32 %kept, %kept, %x{}", chain));
    }
    frame.epilogue.emplace_back("mov.b64 {%y, %z}, %wide");
    frame.epilogue.emplace_back("xor.b32 %kept, %kept, %y");
    for (std::uint32_t step = 0; step < loop.steps; ++step) {
        // The statements of a step take turns on different chains, so that neighbours are
        // independent where there are several.
        const auto statements = static_cast<std::uint32_t>(sequence.step.size());
        for (std::uint32_t i = 0; i < sequence.chains; ++i) {
            for (std::uint32_t s = 0; s < statements; ++s) {
                const std::uint32_t chain =
                    (i + s * sequence.chains / statements) % sequence.chains;
                frame.body.push_back(in_chain(sequence.step[s], chain));
            }
        }
    }
    Microbenchmark result{module_head(architecture) + entry_text(frame),
                          timed_launch(frame.entry, 1, loop.warps * isa::kLanes)};
    add_zeros(result);
    return result;
}

Microbenchmark write(const AddressLoop& loop, const isa::Architecture& architecture) {
    Frame frame = with_zeros(
        "address_loop",
        format("a load, and {} instructions until its word is an address", loop.operations));
    frame.declarations.emplace_back(".shared .align 128 .b8 words[128]");
    frame.declarations.emplace_back(".reg .b32 %at");
    frame.prologue.emplace_back("mov.u32 %at, words");
    frame.prologue.emplace_back("mad.lo.u32 %at, %lane, 4, %at");
    frame.prologue.emplace_back("st.shared.u32 [%at], %at");
    for (std::uint32_t step = 0; step < loop.steps; ++step) {
        frame.body.emplace_back("ld.shared.u32 %at, [%at]");
        for (std::uint32_t i = 0; i < loop.operations; ++i)
            frame.body.emplace_back(i % 2 == 0 ? "xor.b32 %at, %at, %y" : "add.s32 %at, %at, %z");
    }
    frame.epilogue = {"mov.b32 %kept, %at"};
    Microbenchmark result{module_head(architecture) + entry_text(frame),
                          timed_launch(frame.entry, 1, isa::kLanes)};
    add_zeros(result);
    return result;
}

Microbenchmark write(const LoadBurst& burst, const isa::Architecture& architecture) {
    constexpr std::uint32_t kWarpBytes = isa::kLanes * 4;
    Frame frame;
    frame.entry = "load_burst";
    frame.loops = false;
    frame.comment = format("{} independent loads of a warp that hit its L1", burst.loads);
    frame.parameters = {".u64 param_words"};
    frame.declarations = {".reg .b64 %at", ".reg .b32 %warm",
                          format(".reg .b32 %d<{}>", burst.loads)};
    frame.prologue = {"ld.param.u64 %at, [param_words]", "cvta.to.global.u64 %at, %at",
                      "mad.wide.u32 %at, %lane, 4, %at"};
    for (std::uint32_t i = 0; i < burst.loads; ++i) {
        // Every warp waits for the lines, so that all memory queues are empty at the first clock.
        frame.prologue.push_back(format("ld.global.ca.u32 %warm, [%at+{}]", i * kWarpBytes));
        frame.prologue.emplace_back("xor.b32 %kept, %kept, %warm");
        // Relaxed loads of a CTA's scope hit the L1, and ptxas neither joins nor moves them.
        frame.body.push_back(format("ld.relaxed.cta.global.u32 %d{}, [%at+{}]", i, i * kWarpBytes));
        frame.epilogue.push_back(format("xor.b32 %kept, %kept, %d{}", i));
    }
    Microbenchmark result{module_head(architecture) + entry_text(frame),
                          timed_launch(frame.entry, 1, burst.warps * isa::kLanes)};
    launch::Buffer words;
    words.name = "words";
    words.bytes = std::uint64_t{kWarpBytes} * burst.loads;
    result.launch.buffers.push_back(words);
    result.launch.arguments.emplace_back(launch::BufferArgument{words.name, 0});
    return result;
}

}  // namespace sptc::microbench
