#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using Catch::Contains;
using test::KernelRun;

namespace {

/// A kernel that leaves %r0 of every thread in the buffer `out`.
std::string kernel(const std::string& body) {
    return std::string(test::kPtxHeader) + R"(.visible .entry k(.param .u64 out)
{
    .reg .pred %p<4>;
    .reg .b32 %r<10>;
    .reg .b64 %rd<4>;
    mov.u32 %r0, 0;
    mov.u32 %r1, %tid.x;
    mov.u32 %r9, %ctaid.x;
    mov.u32 %r8, %ntid.x;
    mad.lo.u32 %r9, %r9, %r8, %r1;
)" + body + R"(
    ld.param.u64 %rd0, [out];
    mad.wide.u32 %rd1, %r9, 4, %rd0;
    st.global.u32 [%rd1], %r0;
    ret;
}
)";
}

std::vector<std::uint32_t> run(const std::string& body, std::uint32_t threads = 32) {
    KernelRun run(kernel(body), threads);
    run.output("out", threads * 4).run();
    return run.content<std::uint32_t>("out");
}

template <class Function>
std::vector<std::uint32_t> of_threads(std::uint32_t threads, Function function) {
    std::vector<std::uint32_t> values;
    for (std::uint32_t i = 0; i < threads; ++i) values.push_back(function(i));
    return values;
}

}  // namespace

TEST_CASE("ptx: guards write only the lanes whose predicate holds") {
    CHECK(run("setp.lt.u32 %p0, %r1, 7; @%p0 mov.u32 %r0, 1; @!%p0 add.u32 %r0, %r1, 100;") ==
          of_threads(32, [](std::uint32_t i) { return i < 7 ? 1 : i + 100; }));
}

TEST_CASE("ptx: a uniform loop runs its trip count") {
    CHECK(run(R"(
    mov.u32 %r2, 0;
LOOP:
    add.u32 %r0, %r0, %r2;
    add.u32 %r2, %r2, 1;
    setp.lt.u32 %p0, %r2, 10;
    @%p0 bra.uni LOOP;)") == of_threads(32, [](std::uint32_t) { return 45u; }));
}

TEST_CASE("ptx: lanes that leave a loop at different times meet again") {
    // Lane i adds 0 .. i, then all lanes run the same barrier: it would refuse a divergent warp.
    CHECK(run(R"(
    mov.u32 %r2, 0;
LOOP:
    add.u32 %r0, %r0, %r2;
    add.u32 %r2, %r2, 1;
    setp.le.u32 %p0, %r2, %r1;
    @%p0 bra LOOP;
    bar.sync 0;)") == of_threads(32, [](std::uint32_t i) { return i * (i + 1) / 2; }));
}

TEST_CASE("ptx: nested branches take every lane its own way") {
    const auto expected = of_threads(32, [](std::uint32_t i) {
        const std::uint32_t inner = i % 2 != 0 ? 10u : 20u;
        return (i < 16 ? inner : 30u) + 1;
    });
    CHECK(run(R"(
    setp.ge.u32 %p0, %r1, 16;
    and.b32 %r2, %r1, 1;
    setp.eq.u32 %p1, %r2, 0;
    @%p0 bra $OUTER;
    @%p1 bra $EVEN;
    mov.u32 %r0, 10;
    bra $JOIN;
$EVEN:
    mov.u32 %r0, 20;
    bra $JOIN;
$OUTER:
    mov.u32 %r0, 30;
$JOIN:
    add.u32 %r0, %r0, 1;
    bar.sync 0;)") == expected);
}

TEST_CASE("ptx: lanes that exit early leave the others running") {
    const auto expected = of_threads(32, [](std::uint32_t i) { return i % 3 == 0 ? 0u : i; });
    CHECK(run(R"(
    rem.u32 %r2, %r1, 3;
    setp.eq.u32 %p0, %r2, 0;
    @%p0 exit;
    bar.sync 0;
    mov.u32 %r0, %r1;)") == expected);
}

TEST_CASE("ptx: the last warp of 40 threads has 8 lanes") {
    KernelRun run(kernel("mov.u32 %r0, %warpid;"), 40);
    std::vector<std::uint32_t> masks;
    run.options.observer = [&](std::uint64_t, std::uint32_t warp,
                               const isa::WarpInstruction& done) {
        if (warp == 1) masks.push_back(done.active_mask);
    };
    run.output("out", 160).run();
    REQUIRE_FALSE(masks.empty());
    for (std::uint32_t mask : masks) CHECK(mask == 0xff);
    CHECK(run.content<std::uint32_t>("out") ==
          of_threads(40, [](std::uint32_t i) { return i / 32; }));
}

TEST_CASE("ptx: special registers of a 3-D block in a 3-D grid") {
    const std::string text = std::string(test::kPtxHeader) + R"(
.visible .entry k(.param .u64 out)
{
    .reg .b32 %r<12>;
    .reg .b64 %rd<3>;
    mov.u32 %r0, %tid.x;
    mov.u32 %r1, %tid.y;
    mov.u32 %r2, %tid.z;
    mov.u32 %r3, %ctaid.x;
    mov.u32 %r4, %ctaid.y;
    mov.u32 %r5, %ctaid.z;
    // thread = x + 3 * (y + 2 * z); cta = x + 2 * (y + 2 * z)
    mad.lo.u32 %r6, %r2, 2, %r1;
    mad.lo.u32 %r6, %r6, 3, %r0;
    mov.u32 %r7, %nctaid.y;
    mad.lo.u32 %r8, %r5, %r7, %r4;
    mov.u32 %r7, %nctaid.x;
    mad.lo.u32 %r8, %r8, %r7, %r3;
    mad.lo.u32 %r8, %r8, 12, %r6;
    ld.param.u64 %rd0, [out];
    mad.wide.u32 %rd1, %r8, 4, %rd0;
    st.global.u32 [%rd1], %r8;
    ret;
})";
    KernelRun run(text);
    run.launch.block = {3, 2, 2};
    run.launch.grid = {2, 2, 3};
    run.output("out", 12 * 12 * 4).run();
    CHECK(run.content<std::uint32_t>("out") == of_threads(144, [](std::uint32_t i) { return i; }));
}

TEST_CASE("ptx: %clock64 reads the time of execution") {
    KernelRun kernel_run(kernel(R"(
    mov.u64 %rd2, %clock64;
    mov.u64 %rd3, %clock64;
    sub.u64 %rd3, %rd3, %rd2;
    cvt.u32.u64 %r0, %rd3;)"));
    kernel_run.output("out", 128).run();
    // The functional runner advances the time by one per instruction.
    CHECK(kernel_run.content<std::uint32_t>("out") == std::vector<std::uint32_t>(32, 1));
}

TEST_CASE("ptx: a barrier that only part of a warp reaches is an error with its line") {
    const std::string body = "setp.lt.u32 %p0, %r1, 5;\n@%p0 bra SKIP;\nbar.sync 0;\nSKIP:";
    CHECK_THROWS_WITH(run(body), Contains("test.ptx:17: 'bar.sync'") && Contains("divergent"));
    CHECK_THROWS_WITH(run("setp.lt.u32 %p0, %r1, 5;\n@%p0 bar.sync 0;"), Contains("divergent"));
    CHECK_THROWS_WITH(run("bar.sync 16;"), Contains("barrier 16, expected 0 to 15"));
    CHECK_THROWS_WITH(run("bar.sync 1, 40;"), Contains("multiple of 32"));
}

TEST_CASE("ptx: a named barrier joins the warps it counts") {
    // Warp 1 writes what warp 0 reads; warps 2 and 3 do not take part.
    const std::string body = R"(
    .shared .align 4 .b32 word;
    mov.u32 %r3, %warpid;
    setp.gt.u32 %p0, %r3, 1;
    @%p0 bra DONE;
    setp.eq.u32 %p1, %r3, 1;
    @%p1 st.shared.u32 [word], 77;
    bar.sync 3, 64;
    ld.shared.u32 %r0, [word];
DONE:)";
    CHECK(run(body, 128) == of_threads(128, [](std::uint32_t i) { return i < 64 ? 77u : 0u; }));
}

TEST_CASE("ptx: peek is stable and ends with nullptr") {
    KernelRun run(kernel(""));
    run.output("out", 128);
    const auto source = run.source();
    const auto cta = source->start_cta(0, 0);
    REQUIRE(cta->peek(0) != nullptr);
    CHECK(cta->peek(0) == cta->peek(0));
    isa::Operation last{};
    while (const isa::Instruction* next = cta->peek(0)) {
        CHECK(cta->execute(0, 0).instruction == next);
        last = next->operation;
    }
    CHECK(last == isa::Operation::kExit);
}
