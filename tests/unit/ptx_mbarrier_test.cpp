// mbarrier: expected phases and counts by hand from the PTX ISA.
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using Catch::Contains;
using test::KernelRun;

namespace {

std::string kernel(const std::string& body) {
    return std::string(test::kPtxHeader) + R"(.visible .entry k(.param .u64 in, .param .u64 out)
{
    .reg .pred %p, %q;
    .reg .b32 %t, %b, %d, %r<8>;
    .reg .b64 %in, %out, %s<8>, %rd<4>;
    .shared .align 16 .b8 data[512];
    .shared .align 8 .b64 barrier;
    ld.param.u64 %in, [in];
    ld.param.u64 %out, [out];
    mov.u32 %t, %tid.x;
    mov.u32 %b, barrier;
    mov.u32 %d, 0;
)" + body + R"(
    mad.wide.u32 %rd0, %t, 4, %out;
    st.global.u32 [%rd0], %d;
    ret;
}
)";
}

std::vector<std::uint32_t> run(const std::string& body, std::uint32_t threads) {
    std::vector<std::uint32_t> in(threads);
    for (std::uint32_t i = 0; i < threads; ++i) in[i] = 1000 + i;
    KernelRun kernel_run(kernel(body), threads);
    kernel_run.buffer("in", in).output("out", 4 * threads).run();
    return kernel_run.content<std::uint32_t>("out");
}

/// One thread; every test adds its bit to %d.
std::uint32_t run_one(const std::string& body) { return run(body, 1).front(); }

std::string add_if(const std::string& predicate, int amount) {
    return "@" + predicate + " add.u32 %d, %d, " + std::to_string(amount) + ";\n";
}

}  // namespace

TEST_CASE("ptx mbarrier: a phase ends with its last arrival and the next one begins") {
    CHECK(run_one("mbarrier.init.shared.b64 [%b], 2;\n"
                  "mbarrier.arrive.shared.b64 %s0, [%b];\n"
                  "mbarrier.test_wait.shared.b64 %p, [%b], %s0;\n" +
                  add_if("%p", 1) +
                  "mbarrier.arrive.release.cta.shared::cta.b64 %s1, [%b];\n"
                  "mbarrier.test_wait.acquire.cta.shared.b64 %p, [%b], %s0;\n" +
                  add_if("%p", 10) + "mbarrier.test_wait.shared.b64 %p, [%b], %s1;\n" +
                  add_if("%p", 100) +
                  "mbarrier.arrive.shared.b64 %s2, [%b];\n"
                  "mbarrier.test_wait.shared.b64 %p, [%b], %s2;\n" +
                  add_if("%p", 1000)) == 110);
}

TEST_CASE("ptx mbarrier: the parity of a phase tells whether it has ended") {
    const std::string test = "mbarrier.test_wait.parity.shared.b64 ";
    CHECK(run_one("mbarrier.init.shared.b64 [%b], 1;\n" + test + "%p, [%b], 0;\n" + test +
                  "%q, [%b], 1;\n" + add_if("%p", 1) + add_if("%q", 2) +
                  "mbarrier.arrive.shared.b64 _, [%b];\n" + test + "%p, [%b], 0;\n" + test +
                  "%q, [%b], 1;\n" + add_if("%p", 4) + add_if("%q", 8)) == 2 + 4);
}

TEST_CASE("ptx mbarrier: counts, drops and the pending count") {
    // Five expected; three arrive at once, one drops: one is left, then four are expected.
    CHECK(run_one("mbarrier.init.shared.b64 [%b], 5;\n"
                  "mbarrier.arrive.noComplete.shared.b64 %s0, [%b], 3;\n"
                  "mbarrier.arrive_drop.shared.b64 %s1, [%b];\n"
                  "mbarrier.arrive.shared.b64 %s2, [%b];\n"
                  "mbarrier.arrive_drop.noComplete.shared.b64 %s3, [%b], 2;\n"
                  "mbarrier.arrive.shared.b64 %s4, [%b];\n"
                  "mbarrier.pending_count.b64 %r0, %s0;\n"
                  "mbarrier.pending_count.b64 %r1, %s1;\n"
                  "mbarrier.pending_count.b64 %r2, %s2;\n"
                  "mbarrier.pending_count.b64 %r3, %s3;\n"
                  "mbarrier.pending_count.b64 %r4, %s4;\n"
                  "mad.lo.u32 %d, %r0, 10, %r1;\nmad.lo.u32 %d, %d, 10, %r2;\n"
                  "mad.lo.u32 %d, %d, 10, %r3;\nmad.lo.u32 %d, %d, 10, %r4;\n") == 52142);
}

TEST_CASE("ptx mbarrier: every lane arrives for itself, and a spinning warp waits for others") {
    const auto found = run(R"(
    mov.u32 %r1, data;
    mad.lo.u32 %r1, %t, 4, %r1;
    setp.eq.u32 %p, %t, 0;
    @%p mbarrier.init.shared.b64 [%b], 96;
    bar.sync 0;
    st.shared.u32 [%r1], %t;
    mbarrier.arrive.shared.b64 %s0, [%b];
wait:
    mbarrier.test_wait.shared.b64 %p, [%b], %s0;
    @!%p bra wait;
    xor.b32 %r2, %t, 64;
    setp.lt.u32 %q, %r2, 96;
    @!%q mov.u32 %r2, %t;
    mov.u32 %r3, data;
    mad.lo.u32 %r3, %r2, 4, %r3;
    ld.shared.u32 %d, [%r3];)",
                           96);
    for (std::uint32_t t = 0; t < 96; ++t) CHECK(found[t] == ((t ^ 64u) < 96 ? (t ^ 64u) : t));
}

TEST_CASE("ptx mbarrier: cp.async.mbarrier.arrive arrives when the copies before it have landed") {
    for (const bool no_increment : {false, true}) {
        CAPTURE(no_increment);
        // Without .noinc the arrival adds its own count: the phase waits for the plain arrival too.
        const std::string copy_arrival = no_increment
                                             ? "cp.async.mbarrier.arrive.noinc.shared.b64 [%b];\n"
                                             : "cp.async.mbarrier.arrive.shared.b64 [%b];\n";
        const std::string count = no_increment ? "64" : "32";
        const auto found =
            run("mov.u32 %r1, data;\n"
                "mad.lo.u32 %r1, %t, 4, %r1;\n"
                "setp.eq.u32 %p, %t, 0;\n"
                "@%p mbarrier.init.shared.b64 [%b], " +
                    count +
                    ";\n"
                    "bar.warp.sync -1;\n"
                    "mad.wide.u32 %rd1, %t, 4, %in;\n"
                    "cp.async.ca.shared.global [%r1], [%rd1], 4;\n" +
                    copy_arrival +
                    "mbarrier.arrive.shared.b64 %s0, [%b];\n"
                    "wait:\n"
                    "mbarrier.test_wait.shared.b64 %p, [%b], %s0;\n"
                    "@!%p bra wait;\n"
                    "ld.shared.u32 %d, [%r1];\n",
                32);
        // Lane l's state is that of the phase in which it arrived; all lanes arrive in phase 0.
        for (std::uint32_t t = 0; t < 32; ++t) CHECK(found[t] == 1000 + t);
    }
}

TEST_CASE("ptx mbarrier: misuse is an error with its line") {
    const auto fault = [](const std::string& body, const std::string& message) {
        CAPTURE(body);
        CHECK_THROWS_WITH(run_one(body), Contains(message) && Contains("test.ptx:"));
    };
    const std::string init = "mbarrier.init.shared.b64 [%b], 2;\n";
    fault("mbarrier.arrive.shared.b64 %s0, [%b];", "no mbarrier has been initialised");
    fault("mbarrier.init.shared.b64 [%b], 0;", "expected 1 to 1048575");
    fault(init + "mbarrier.arrive.noComplete.shared.b64 %s0, [%b], 2;", "must not end");
    fault(init + "mbarrier.arrive.noComplete.shared.b64 %s0, [%b], 3;", "waits for 2");
    fault(init + "mbarrier.inval.shared.b64 [%b]; mbarrier.arrive.shared.b64 %s0, [%b];",
          "no mbarrier");
    fault("mbarrier.init.shared.b64 [%b+4], 2;", "misaligned");
    fault("mbarrier.try_wait.shared.b64 %p, [%b], %s0;", "sm_90");
    fault("mbarrier.arrive.expect_tx.shared.b64 %s0, [%b], 1;", "sm_90");
    fault("mbarrier.arrive.shared.b64 %s0, [%b], 2;", "sm_90");
}
