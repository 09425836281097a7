// bar, barrier, fences, nanosleep: expected values by hand from the PTX ISA.
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using Catch::Contains;
using test::KernelRun;

namespace {

/// A kernel with the thread in %t, its warp in %w and its lane in %l; every thread stores %d at the
/// end.
std::string kernel(const std::string& body) {
    return std::string(test::kPtxHeader) + R"(.visible .entry k(.param .u64 out)
{
    .reg .pred %p, %q;
    .reg .b32 %t, %w, %l, %d, %r<4>;
    .reg .b64 %out, %rd<4>;
    .shared .align 8 .b8 buffer[1024];
    ld.param.u64 %out, [out];
    mov.u32 %t, %tid.x;
    shr.u32 %w, %t, 5;
    and.b32 %l, %t, 31;
    mov.u32 %d, 0;
)" + body + R"(
    mad.wide.u32 %rd0, %t, 4, %out;
    st.global.u32 [%rd0], %d;
    ret;
}
)";
}

std::vector<std::uint32_t> run(const std::string& body, std::uint32_t threads) {
    KernelRun kernel_run(kernel(body), threads);
    kernel_run.output("out", 4 * threads).run();
    return kernel_run.content<std::uint32_t>("out");
}

bool all_are(const std::vector<std::uint32_t>& found, std::uint32_t expected) {
    return found == std::vector<std::uint32_t>(found.size(), expected);
}

}  // namespace

TEST_CASE("ptx barrier: bar.red counts and combines over all threads of the CTA") {
    CHECK(all_are(run("setp.lt.u32 %p, %t, 70; bar.red.popc.u32 %d, 0, %p;", 128), 70));
    CHECK(all_are(run("setp.lt.u32 %p, %t, 70; barrier.cta.red.popc.aligned.u32 %d, 0, !%p;", 128),
                  58));
    const auto flag = [](const std::string& text, std::uint32_t threads) {
        return run(text + " selp.u32 %d, 1, 2, %q;", threads);
    };
    CHECK(all_are(flag("setp.lt.u32 %p, %t, 99; bar.red.and.pred %q, 0, %p;", 99), 1));
    CHECK(all_are(flag("setp.lt.u32 %p, %t, 98; bar.red.and.pred %q, 0, %p;", 99), 2));
    CHECK(all_are(flag("setp.eq.u32 %p, %t, 98; barrier.red.or.pred %q, 0, %p;", 99), 1));
    CHECK(all_are(flag("setp.eq.u32 %p, %t, 99; bar.red.or.pred %q, 0, %p;", 99), 2));
}

TEST_CASE("ptx barrier: one bar.red after another each gives its own result") {
    const auto found = run(R"(
    mov.u32 %r0, 0;
loop:
    setp.le.u32 %p, %t, %r0;
    bar.red.popc.u32 %r1, 0, %p;
    mad.lo.u32 %d, %d, 100, %r1;
    add.u32 %r0, %r0, 1;
    setp.lt.u32 %q, %r0, 4;
    @%q bra loop;)",
                           96);
    CHECK(all_are(found, 1020304));
}

TEST_CASE("ptx barrier: named barriers reduce over the warps that they name") {
    // Warps 0 and 1 meet at barrier 1, warps 2 and 3 at barrier 2.
    const auto found = run(R"(
    shr.u32 %r0, %w, 1;
    add.u32 %r0, %r0, 1;
    setp.lt.u32 %p, %t, 80;
    bar.red.popc.u32 %d, %r0, 64, %p;)",
                           128);
    for (std::uint32_t t = 0; t < 128; ++t) CHECK(found[t] == (t < 64 ? 64u : 16u));
}

TEST_CASE("ptx barrier: bar.arrive counts without waiting, so that a consumer finds the data") {
    // Warp 1 fills a buffer and arrives; warp 0 waits and reads. Barrier 3 counts both.
    const auto found = run(R"(
    mov.u32 %r1, buffer;
    mad.lo.u32 %r1, %l, 4, %r1;
    setp.eq.u32 %p, %w, 0;
    @%p bra consume;
    add.u32 %r2, %l, 500;
    st.shared.u32 [%r1], %r2;
    bar.arrive 3, 64;
    mov.u32 %d, 1;
    bra done;
consume:
    bar.sync 3, 64;
    ld.shared.u32 %d, [%r1];
done:)",
                           64);
    for (std::uint32_t t = 0; t < 64; ++t) CHECK(found[t] == (t < 32 ? 500 + t : 1));
}

TEST_CASE("ptx barrier: every spelling that ptxas takes is executed") {
    for (const std::string text : {"bar.sync 0;",
                                   "bar.cta.sync 0, 64;",
                                   "barrier.sync 1;",
                                   "barrier.cta.sync.aligned 15;",
                                   "barrier.sync.aligned 2, 64;",
                                   "bar.warp.sync -1;",
                                   "membar.cta;",
                                   "membar.gl;",
                                   "membar.sys;",
                                   "fence.cta;",
                                   "fence.sc.gpu;",
                                   "fence.acq_rel.sys;",
                                   "fence.gpu.sc;",
                                   "fence.acquire.gpu;",
                                   "fence.proxy.alias;",
                                   "membar.proxy.alias;",
                                   "nanosleep.u32 20;",
                                   "nanosleep.u32 %t;",
                                   "barrier.red.aligned.popc.u32 %r0, 0, %p;",
                                   "bar.red.pred.and %q, 0, 64, %p;"}) {
        CAPTURE(text);
        CHECK(all_are(run(text, 64), 0));
    }
}

TEST_CASE("ptx barrier: what cannot be meant is an error with what is possible") {
    const auto fault = [](const std::string& text, const std::string& message) {
        CAPTURE(text);
        CHECK_THROWS_WITH(run(text, 64), Contains(message) && Contains("test.ptx:1"));
    };
    fault("bar.arrive 1;", "1 operands, expected 2");
    fault("bar.sync 16;", "expected 0 to 15");
    fault("bar.arrive 1, 48;", "multiple of 32");
    fault("bar.red.popc.pred %q, 0, %p;", "bar,barrier}[.cta].red.popc");
    fault("barrier.cluster.arrive;", "sm_90");
    fault("fence.acq_rel.cluster;", "sm_90");
    fault("fence.proxy.async;", "sm_90");
    fault("fence.sc;", "fence[.sc");
    fault("setp.eq.u32 %p, %l, 0; @%p barrier.sync 0;", "divergent");
}

TEST_CASE("ptx barrier: a bar.red that decides a branch needs values") {
    KernelRun off(kernel("bar.red.or.pred %q, 0, %p; @%q bra end; mov.u32 %d, 1; end:"), 64);
    off.values = launch::Values::kOff;
    off.output("out", 256);
    CHECK_THROWS_WITH(off.run(), Contains("turn values on") && Contains("bar.red.or.pred"));
    KernelRun unused(kernel("setp.lt.u32 %p, %t, 7; bar.red.popc.u32 %d, 0, %p;"), 64);
    unused.values = launch::Values::kOff;
    CHECK(unused.output("out", 256).run() > 0);
}
