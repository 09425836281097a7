#include "traces/microbench/stream_loop.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>

#include "models/base/error.hpp"

namespace sptc::microbench {
namespace {

using fmt::format;

constexpr std::array<char, 3> kArrays{'a', 'b', 'c'};

/// Registers of one access, 32 bits each.
struct Access {
    std::string qualifier;  ///< ".u32", ".v2.u32", ".v4.u32"
    int words;

    [[nodiscard]] std::string registers(const std::string& prefix) const {
        return words == 1 ? format("%{}0", prefix) : register_list(prefix, words);
    }
};

Access access(std::uint32_t bits) {
    const int words = static_cast<int>(bits / 32);
    return {words == 1 ? ".u32" : format(".v{}.u32", words), words};
}

void load(Frame& frame, const StreamLoop& loop, char array, std::uint32_t step) {
    const Access one = access(loop.bits);
    const std::string prefix = format("{}{}_", array, step);
    frame.declarations.push_back(format(".reg .b32 %{}<{}>", prefix, one.words));
    frame.body.push_back(format("ld.global{}{} {}, [%at_{}+{}]", suffix(loop.cache), one.qualifier,
                                one.registers(prefix), array,
                                step * loop.step_bytes() / loop.unroll));
}

void store(Frame& frame, const StreamLoop& loop, char array, const std::string& prefix,
           std::uint32_t step) {
    const Access one = access(loop.bits);
    frame.body.push_back(format("st.global{} [%at_{}+{}], {}", one.qualifier, array,
                                step * loop.step_bytes() / loop.unroll, one.registers(prefix)));
}

void write_body(Frame& frame, const StreamLoop& loop) {
    const int words = access(loop.bits).words;
    const std::array<char, 2> sources =
        loop.kind == StreamKind::kTriad ? std::array{'b', 'c'} : std::array{'a', 'a'};
    for (std::uint32_t u = 0; u < loop.unroll; ++u) {
        load(frame, loop, sources[0], u);
        if (loop.kind == StreamKind::kTriad) load(frame, loop, sources[1], u);
    }
    for (std::uint32_t u = 0; u < loop.unroll; ++u) {
        const std::string first = format("{}{}_", sources[0], u);
        if (loop.kind == StreamKind::kRead) {
            for (int w = 0; w < words; ++w)
                frame.body.push_back(format("xor.b32 %kept, %kept, %{}{}", first, w));
        } else if (loop.kind == StreamKind::kCopy) {
            store(frame, loop, 'b', first, u);
        } else {
            for (int w = 0; w < words; ++w)
                frame.body.push_back(format("fma.rn.f32 %{0}{1}, %{2}{1}, 0f40400000, %{0}{1}",
                                            first, w, format("{}{}_", sources[1], u)));
            store(frame, loop, 'a', first, u);
        }
    }
}

}  // namespace

double bytes(const StreamLoop& loop) {
    return static_cast<double>(loop.step_bytes() * loop.arrays()) * loop.ctas;
}

Microbenchmark write(const StreamLoop& loop, const isa::Architecture& architecture) {
    Frame frame;
    frame.entry = "stream_loop";
    frame.comment = format("{} accesses of {} bits to each of {} arrays", loop.unroll, loop.bits,
                           loop.arrays());
    frame.declarations = {".reg .pred %more", ".reg .b32 %step, %n, %warmed", ".reg .b64 %back"};
    const std::uint64_t segment = loop.segment_bytes();
    SPTC_ASSERT(std::has_single_bit(segment) && segment <= 1u << 31);
    for (std::uint64_t i = 0; i < loop.arrays(); ++i) {
        const char name = kArrays[i];
        frame.parameters.push_back(format(".u64 param_{}", name));
        frame.declarations.push_back(format(".reg .b64 %at_{0}, %first_{0}", name));
        for (const std::string& line :
             {format("ld.param.u64 %at_{0}, [param_{0}]", name),
              format("cvta.to.global.u64 %at_{0}, %at_{0}", name),
              format("mad.wide.u32 %at_{0}, %cta, {1}, %at_{0}", name, segment),
              format("mad.wide.u32 %at_{0}, %thread, {1}, %at_{0}", name, loop.bits / 8),
              format("mov.b64 %first_{0}, %at_{0}", name)}) {
            frame.prologue.push_back(line);
        }
        if (!loop.warm) continue;
        // One word of every access of the segment.
        for (const std::string& line :
             {format("mov.b64 %back, %at_{}", name),
              format("mov.u32 %n, {}", loop.segment_steps * loop.unroll), format("WARM_{}:", name),
              format("ld.global{}.u32 %warmed, [%back]", suffix(loop.cache)),
              std::string("xor.b32 %kept, %kept, %warmed"),
              format("add.u64 %back, %back, {}", loop.step_bytes() / loop.unroll),
              std::string("sub.u32 %n, %n, 1"), std::string("setp.ne.u32 %more, %n, 0"),
              format("@%more bra WARM_{}", name)}) {
            frame.prologue.push_back(line);
        }
    }
    frame.prologue.emplace_back("mov.u32 %step, 0");
    write_body(frame, loop);
    // The next step of the segment, around a power of two.
    frame.body.push_back(format("add.u32 %step, %step, {}", loop.step_bytes()));
    frame.body.push_back(format("and.b32 %step, %step, {}", segment - 1));
    for (std::uint64_t i = 0; i < loop.arrays(); ++i)
        frame.body.push_back(format("mad.wide.u32 %at_{0}, %step, 1, %first_{0}", kArrays[i]));

    Microbenchmark result;
    result.ptx = module_head(architecture) + entry_text(frame);
    result.launch = timed_launch(frame.entry, loop.ctas, loop.threads);
    for (std::uint64_t i = 0; i < loop.arrays(); ++i) {
        launch::Buffer array;
        array.name = kArrays[i];
        array.bytes = segment * loop.ctas;
        result.launch.buffers.push_back(array);
        result.launch.arguments.emplace_back(launch::BufferArgument{array.name, 0});
    }
    return result;
}

}  // namespace sptc::microbench
