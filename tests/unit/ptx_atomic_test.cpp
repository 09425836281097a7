// atom and red: expected values by hand or by a host loop from the PTX ISA.
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using Catch::Contains;
using test::KernelRun;

namespace {

/// One thread of out[0] = old value and out[8..] = new content, for an `instruction` on [%a] that
/// gives %o32, %o64 or %o16. The buffer begins with `content`; %b32/%b64/%b16 and %c.. hold b and
/// c.
std::string kernel(const std::string& instruction) {
    return std::string(test::kPtxHeader) + R"(.visible .entry k(.param .u64 data, .param .u64 out,
    .param .u64 b, .param .u64 c)
{
    .reg .pred %p;
    .reg .b16 %o16, %b16, %c16;
    .reg .b32 %o32, %b32, %c32, %t, %s, %word;
    .reg .b64 %o64, %b64, %c64, %a, %out, %rd<4>;
    .shared .align 8 .b8 cell[256];
    ld.param.u64 %a, [data];
    ld.param.u64 %out, [out];
    ld.param.u64 %b64, [b];
    ld.param.u64 %c64, [c];
    cvt.u32.u64 %b32, %b64;
    cvt.u32.u64 %c32, %c64;
    cvt.u16.u64 %b16, %b64;
    cvt.u16.u64 %c16, %c64;
    mov.u32 %t, %tid.x;
    mov.u32 %s, cell;
    mov.u32 %o32, 0;
    mov.u64 %o64, 0;
    mov.u16 %o16, 0;
)" + instruction +
           R"(
    ret;
}
)";
}

struct Result {
    std::uint64_t old;
    std::uint64_t content;
};

/// Runs one thread on a cell of global or shared memory.
Result apply(const std::string& space, const std::string& operation, std::uint64_t content,
             std::uint64_t b, std::uint64_t c = 0) {
    const std::string type = operation.substr(operation.rfind('.') + 1);
    const bool wide = type.ends_with("64");
    const bool narrow = type == "b16" || type == "f16";
    const std::string bits = wide ? "64" : narrow ? "16" : "32";
    const bool swaps = operation.starts_with("cas");
    const std::string cell = space == "global" ? "[%a]" : "[%s]";
    std::string text = "ld.global.u64 %rd1, [%a]; st.shared.u64 [%s], %rd1;\n";
    text += "atom." + space + "." + operation + " %o" + bits + ", " + cell + ", %b" + bits +
            (swaps ? ", %c" + bits : "") + ";\n";
    text += narrow ? "cvt.u64.u16 %o64, %o16;" : wide ? "" : "cvt.u64.u32 %o64, %o32;";
    text += "ld." + space + ".u64 %rd2, " + cell + ";\n";
    text += "st.global.v2.u64 [%out], {%o64, %rd2};";
    KernelRun run(kernel(text), 1);
    run.buffer("data", std::vector<std::uint64_t>{content})
        .output("out", 16)
        .scalar("u64", b)
        .scalar("u64", c)
        .run();
    const auto out = run.content<std::uint64_t>("out");
    return {out[0], out[1]};
}

std::uint64_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }
std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }

}  // namespace

TEST_CASE("ptx atomic: every operation gives the old value and leaves the new one") {
    struct Row {
        std::string operation;
        std::uint64_t content, b, c, expected;
    };
    constexpr std::uint64_t kHigh = 0xaaaaaaaa00000000u;  // the next word stays as it is
    const std::vector<Row> rows{
        {"add.u32", kHigh | 0xffffffff, 3, 0, kHigh | 2},
        {"add.s32", kHigh | 5, 0xfffffff0, 0, kHigh | 0xfffffff5},
        {"add.u64", 0xffffffffu, 1, 0, 0x100000000u},
        {"min.u32", kHigh | 7, 0xffffffff, 0, kHigh | 7},
        {"min.s32", kHigh | 7, 0xffffffff, 0, kHigh | 0xffffffff},
        {"max.u32", kHigh | 7, 0xffffffff, 0, kHigh | 0xffffffff},
        {"max.s32", kHigh | 7, 0xffffffff, 0, kHigh | 7},
        {"min.u64", 7, ~0ull, 0, 7},
        {"min.s64", 7, ~0ull, 0, ~0ull},
        {"max.u64", 7, ~0ull, 0, ~0ull},
        {"max.s64", 7, ~0ull, 0, 7},
        {"and.b32", kHigh | 0xf0f0, 0xff00, 0, kHigh | 0xf000},
        {"or.b32", kHigh | 0xf0f0, 0xff00, 0, kHigh | 0xfff0},
        {"xor.b32", kHigh | 0xf0f0, 0xff00, 0, kHigh | 0x0ff0},
        {"and.b64", kHigh | 0xf0f0, kHigh, 0, kHigh},
        {"or.b64", 0xf0f0, kHigh, 0, kHigh | 0xf0f0},
        {"xor.b64", kHigh | 1, kHigh, 0, 1},
        {"exch.b32", kHigh | 1, 2, 0, kHigh | 2},
        {"exch.b64", kHigh | 1, 2, 0, 2},
        {"cas.b32", kHigh | 1, 1, 9, kHigh | 9},
        {"cas.b32", kHigh | 1, 2, 9, kHigh | 1},
        {"cas.b64", kHigh | 1, kHigh | 1, 9, 9},
        {"cas.b64", kHigh | 1, 1, 9, kHigh | 1},
        {"cas.b16", 0x55551234, 0x1234, 0x77, 0x55550077},
        {"cas.b16", 0x55551234, 0x1235, 0x77, 0x55551234},
        {"inc.u32", kHigh | 4, 5, 0, kHigh | 5},
        {"inc.u32", kHigh | 5, 5, 0, kHigh},
        {"inc.u32", kHigh | 9, 5, 0, kHigh},
        {"dec.u32", kHigh | 4, 5, 0, kHigh | 3},
        {"dec.u32", kHigh, 5, 0, kHigh | 5},
        {"dec.u32", kHigh | 9, 5, 0, kHigh | 5},
        {"add.f32", kHigh | bits(1.5f), bits(2.25f), 0, kHigh | bits(3.75f)},
        {"add.f64", bits(1.5), bits(2.25), 0, bits(3.75)},
        // f16: 1.0 + 2^-11 is a tie and goes to even; 2048 + 3 = 2051 is a tie, to 2052.
        {"add.noftz.f16", 0x99993c00, 0x1000, 0, 0x99993c00},
        {"add.noftz.f16x2", 0x68003c00, 0x42003c00, 0, 0x68024000},
        {"add.noftz.f16", 0x0001, 0x0001, 0, 0x0002},  // subnormals are kept
    };
    for (const std::string space : {"global", "shared", "shared::cta"}) {
        for (const Row& row : rows) {
            CAPTURE(space, row.operation, row.content, row.b);
            const Result result = apply(space, row.operation, row.content, row.b, row.c);
            const bool wide = row.operation.ends_with("64");
            const bool narrow = row.operation.ends_with(".f16") || row.operation.ends_with("b16");
            const std::uint64_t mask = wide ? ~0ull : narrow ? 0xffff : 0xffffffff;
            CHECK(result.old == (row.content & mask));
            CHECK(result.content == row.expected);
        }
    }
}

TEST_CASE("ptx atomic: add.f32 flushes subnormals in global memory and keeps them in shared") {
    const std::uint64_t tiny = 0x00000001;
    CHECK(apply("global", "add.f32", tiny, tiny).content == 0);
    CHECK(apply("global", "add.f32", 0x80000001, 0x80000001).content == 0x80000000u);
    CHECK(apply("shared", "add.f32", tiny, tiny).content == 2);
    CHECK(apply("global", "add.f32", 0x7f800000, 0xff800000).content == 0x7fffffffu);
}

TEST_CASE("ptx atomic: lanes change one word in lane order") {
    KernelRun run(kernel(R"(
    atom.global.exch.b32 %o32, [%a], %t;
    mad.wide.u32 %rd0, %t, 4, %out;
    st.global.u32 [%rd0], %o32;
    red.global.add.u32 [%a+4], %t;)"),
                  32);
    run.buffer("data", std::vector<std::uint32_t>{100, 0})
        .output("out", 128)
        .scalar("u64", 0)
        .scalar("u64", 0)
        .run();
    const auto out = run.content<std::uint32_t>("out");
    CHECK(out[0] == 100);
    for (std::uint32_t lane = 1; lane < 32; ++lane) CHECK(out[lane] == lane - 1);
    CHECK(run.content<std::uint32_t>("data") == std::vector<std::uint32_t>{31, 496});
}

TEST_CASE("ptx atomic: only lanes whose guard holds take part") {
    KernelRun run(kernel(R"(
    and.b32 %o32, %t, 3;
    setp.eq.u32 %p, %o32, 0;
    @%p red.shared.add.u32 [cell], 1;
    ld.shared.u32 %o32, [cell];
    @%p atom.global.add.u32 _, [%a], %o32;)"),
                  32);
    run.buffer("data", std::vector<std::uint32_t>{0})
        .output("out", 8)
        .scalar("u64", 0)
        .scalar("u64", 0)
        .run();
    CHECK(run.content<std::uint32_t>("data").front() == 8 * 8);
}

TEST_CASE("ptx atomic: every spelling that ptxas takes is executed") {
    for (const std::string text :
         {"atom.add.global.u32 %o32, [%a], 1;", "atom.global.gpu.relaxed.add.u32 %o32, [%a], 1;",
          "atom.relaxed.gpu.global.add.L2::cache_hint.u32 %o32, [%a], 1, %rd2;",
          "atom.acquire.global.add.u32 %o32, [%a], 1;", "red.release.gpu.global.add.s32 [%a], 1;",
          "atom.acq_rel.sys.global.add.u32 _, [%a], 1;", "red.gpu.global.add.release.u32 [%a], 1;",
          "red.relaxed.cta.global.add.u32 [%a], 1;"}) {
        CAPTURE(text);
        KernelRun run(kernel(text), 1);
        run.buffer("data", std::vector<std::uint32_t>{41})
            .output("out", 8)
            .scalar("u64", 0)
            .scalar("u64", 0)
            .run();
        CHECK(run.content<std::uint32_t>("data").front() == 42);
    }
}

TEST_CASE("ptx atomic: what sm_80 does not have is refused with what it has") {
    const auto fault = [](const std::string& text, const std::string& message) {
        CAPTURE(text);
        KernelRun run(kernel(text), 1);
        run.output("data", 8).output("out", 8).scalar("u64", 0).scalar("u64", 0);
        CHECK_THROWS_WITH(run.run(), Contains(message));
    };
    fault("atom.global.add.noftz.bf16x2 %o32, [%a], %b32;", "sm_90");
    fault("red.global.add.v2.f32 [%a], {%b32, %b32};", "sm_90");
    fault("atom.global.exch.b128 %o64, [%a], %b64;", "sm_90");
    fault("atom.acq_rel.cluster.global.add.u32 %o32, [%a], 1;", "sm_90");
    fault("red.global.exch.b32 [%a], %b32;", "the same but exch and cas");
    fault("atom.global.add.f16x2 %o32, [%a], %b32;", "noftz.f16x2");
    fault("atom.global.add.s64 %o64, [%a], %b64;", "add.{u32,s32,u64");
    fault("atom.global.min.f32 %o32, [%a], %b32;", "{min,max}.{u32");
    fault("atom.global.add.u32 %o32, [%a+2], 1;", "misaligned");
    fault("atom.global.add.u32 %o32, [%a+8], 1;", "past the end of buffer 'data'");
    fault("atom.shared.add.u32 %o32, [cell+256], 1;", "shared memory");
}

TEST_CASE("ptx atomic: with values off it is counted, and may decide no branch") {
    const auto run = [](const std::string& text) {
        KernelRun kernel_run(kernel(text), 32);
        kernel_run.values = launch::Values::kOff;
        kernel_run.output("data", 8).output("out", 8).scalar("u64", 0).scalar("u64", 0);
        return kernel_run.run();
    };
    CHECK(run("red.global.add.u32 [%a], 1; atom.shared.add.u32 %o32, [cell], 1;") > 0);
    CHECK_THROWS_WITH(run("atom.global.add.u32 %o32, [%a], 1; setp.eq.u32 %p, %o32, 0;"
                          "@%p bra end; end:"),
                      Contains("turn values on") && Contains("atom.global.add.u32"));
    CHECK_THROWS_WITH(run("red.global.add.u32 [%a+64], 1;"), Contains("past the end"));
}
