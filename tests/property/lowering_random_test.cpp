// Kernels of random operations: lowering never changes values.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "tests/support/ptx_run.hpp"
#include "traces/lowering/lowering.hpp"

using namespace sptc;
using lowering::Lowering;

namespace {

/// A kernel of random operations over few names, with guards, a divergent branch and a loop.
std::string random_kernel(std::uint64_t seed) {
    base::Random random(seed);
    const auto pick = [&](std::uint32_t count) { return random.below(count); };
    const auto reg = [&] { return fmt::format("%r{}", pick(10)); };
    const auto wide = [&] { return fmt::format("%d{}", pick(4)); };
    const auto real = [&] { return fmt::format("%f{}", pick(4)); };
    const auto source = [&] {
        return pick(3) == 0 ? fmt::format("{}", pick(3) == 0 ? 0 : pick(70)) : reg();
    };
    const auto operation = [&]() -> std::string {
        static constexpr std::string_view kBinary[] = {
            "add.s32", "add.u32",    "sub.s32", "mul.lo.s32", "and.b32", "or.b32",
            "xor.b32", "min.u32",    "max.s32", "shl.b32",    "shr.u32", "mul.lo.u32",
            "shr.s32", "mul.hi.u32", "rem.u32", "div.s32"};
        static constexpr std::string_view kWide[] = {"add.s64", "sub.s64", "mul.lo.s64", "and.b64"};
        static constexpr std::string_view kReal[] = {"add.f32", "mul.f32", "sub.f32", "add.rn.f32",
                                                     "mul.rn.f32"};
        static constexpr std::string_view kCompares[] = {"lt", "ge", "eq", "ne"};
        static constexpr std::string_view kJoins[] = {"and", "or", "xor"};
        static constexpr std::string_view kNarrow[] = {"u8.u32", "s16.s32", "sat.u8.s32", "s8.u32"};
        struct Memory {
            std::string_view space;
            std::string_view base;
        };
        static constexpr Memory kMemories[] = {{"shared", "%mine"},
                                               {"volatile", "%generic"},
                                               {"local", "frame"},
                                               {"relaxed.gpu", "%own"}};
        switch (pick(20)) {
            case 0:
                return fmt::format("mov.u32 {}, {};", reg(), source());
            case 1:
                return fmt::format("mad.lo.s32 {}, {}, {}, {};", reg(), reg(), source(), reg());
            case 2:
                return fmt::format("setp.lt.s32 %p{}, {}, {};", pick(3), reg(), source());
            case 3:
                return fmt::format("and.pred %p{}, %p{}, %p{};", pick(3), pick(3), pick(3));
            case 4:
                return fmt::format("selp.b32 {}, {}, {}, %p{};", reg(), reg(), source(), pick(3));
            case 5:
                return fmt::format("mul.wide.u32 {}, {}, {};", wide(), reg(), source());
            case 6:
                return fmt::format("{} {}, {}, {};", kWide[pick(4)], wide(), wide(), wide());
            case 7:
                return fmt::format("cvt.u32.u64 {}, {};", reg(), wide());
            case 8:
                return fmt::format("cvt.{} {}, {};", pick(2) != 0 ? "u64.u32" : "s64.s32", wide(),
                                   reg());
            case 9:
                return fmt::format("shl.b64 {}, {}, {};", wide(), wide(), pick(5));
            case 10:
                return fmt::format("{} {}, {}, {};", kReal[pick(5)], real(), real(), real());
            case 11:
                if (pick(2) != 0) return fmt::format("cvt.rn.f32.u32 {}, {};", real(), reg());
                return fmt::format("mov.b32 {}, {};", reg(), real());
            case 12:
                return fmt::format(
                    "add.cc.u32 {}, {}, {};\naddc.cc.u32 {}, {}, {};\nsubc.u32 {}, {}, {};", reg(),
                    reg(), source(), reg(), reg(), source(), reg(), reg(), reg());
            case 13:
                return fmt::format("setp.{}.{}.{} %p{}|%p{}, {}, {}, {}%p{};", kCompares[pick(4)],
                                   kJoins[pick(3)], pick(2) != 0 ? "s32" : "u32", pick(2), 2, reg(),
                                   source(), pick(2) != 0 ? "!" : "", pick(3));
            case 14:
                return fmt::format("prmt.b32 {}, {}, {}, {};\nbfe.s32 {}, {}, 3, 9;", reg(), reg(),
                                   source(), reg(), reg(), reg());
            case 15:
                return fmt::format("cvt.{} {}, {};", kNarrow[pick(4)], reg(), reg());
            case 16: {  // slots of the thread's own in shared memory and in its frame
                const Memory& memory = kMemories[pick(4)];
                return fmt::format("st.{0}.u32 [{1}+{2}], {3};\nld.{0}.u32 {4}, [{1}+{5}];",
                                   memory.space, memory.base, 4 * pick(2), reg(), reg(),
                                   4 * pick(2));
            }
            case 17:
                return fmt::format("mov.b64 {}, {{{}, {}}};\nmov.b64 {{{}, {}}}, {};", wide(),
                                   reg(), reg(), reg(), reg(), wide());
            default:
                return fmt::format("{} {}, {}, {};", kBinary[pick(16)], reg(), reg(), source());
        }
    };
    const auto sequence = [&](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) {
            if (pick(4) == 0) {
                text += fmt::format("@{}%p{} ", pick(2) != 0 ? "!" : "", pick(3));
            }
            text += operation() + "\n";
        }
        return text;
    };
    std::string body =
        "mov.u32 %r0, %tid.x;\nmov.u32 %mine, slots;\nmad.lo.u32 %mine, %r0, 8, %mine;\n"
        "cvt.u64.u32 %generic, %mine;\ncvta.shared.u64 %generic, %generic;\n"
        "mov.u64 %own, frame;\ncvta.local.u64 %own, %own;\nld.param.u32 %r1, [n];\nmov.u32 %r2, "
        "%ntid.x;\n";
    body += sequence(12);
    body += "@%p0 bra A;\n" + sequence(6) + "A:\n" + sequence(3);
    body += "shfl.sync.bfly.b32 %r3|%p1, %r4, 5, 31, -1;\nvote.sync.ballot.b32 %r5, %p2, -1;\n";
    body += fmt::format("mov.u32 %i, 0;\nB:\n{}add.u32 %i, %i, 1;\nsetp.lt.u32 %q, %i, {};\n",
                        sequence(8), pick(2) == 0 ? "%r1" : fmt::format("{}", 1 + pick(6)));
    // The trip count must not depend on what the body did to %r1.
    body += "setp.lt.and.u32 %q, %i, 9, %q;\n@%q bra B;\n" + sequence(8);
    body += "@%p1 bra C;\n" + sequence(5) + "bra D;\nC:\n" + sequence(5) + "D:\n";
    for (int i = 1; i < 10; ++i) body += fmt::format("xor.b32 %r0, %r0, %r{};\n", i);
    for (int i = 0; i < 4; ++i) {
        body += fmt::format("cvt.u32.u64 %r1, %d{0};\nmov.b32 %r2, %f{0};\n", i);
        body += "mad.lo.u32 %r0, %r0, 31, %r1;\nmad.lo.u32 %r0, %r0, 31, %r2;\n";
    }
    return std::string(test::kPtxHeader) + R"(.visible .entry k(.param .u64 out, .param .u32 n)
{
    .reg .pred %p<3>, %q;
    .reg .b32 %r<10>, %i, %t, %mine;
    .reg .f32 %f<4>;
    .reg .b64 %d<4>, %out, %offset, %generic, %own;
    .shared .align 8 .b8 slots[256];
    .local .align 8 .b8 frame[8];
)" + body + R"(
    ld.param.u64 %out, [out];
    cvta.to.global.u64 %out, %out;
    mov.u32 %t, %tid.x;
    mul.wide.u32 %offset, %t, 4;
    add.s64 %out, %out, %offset;
    st.global.u32 [%out], %r0;
    ret;
}
)";
}

std::vector<std::uint32_t> execute(const std::string& text, Lowering lowering) {
    test::KernelRun run(text);
    run.lowering = lowering;
    run.output("out", 32 * 4).scalar("u32", 5).run();
    return run.content<std::uint32_t>("out");
}

void check_random_kernels(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        const std::string text = random_kernel(seed);
        INFO("seed " << seed << "\n" << text);
        REQUIRE(execute(text, Lowering::kOn) == execute(text, Lowering::kOff));
    }
}

}  // namespace

TEST_CASE("lowering: random kernels give the same bits with lowering on and off") {
    check_random_kernels(1, 200);
}

TEST_CASE("lowering: many random kernels give the same bits with lowering on and off", "[.slow]") {
    check_random_kernels(1000, 5000);
}
