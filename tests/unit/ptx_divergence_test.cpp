// Lanes of a warp that go different ways: where they meet again, and that all get on.
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using Catch::Contains;
using test::KernelRun;

namespace {

/// A kernel that leaves %r0 of every thread in the buffer `out`; %r1 is the thread.
std::string kernel(const std::string& body) {
    return std::string(test::kPtxHeader) + R"(.visible .entry k(.param .u64 out)
{
    .shared .align 4 .u32 flag;
    .reg .pred %p<4>;
    .reg .b32 %r<10>;
    .reg .b64 %rd<4>;
    mov.u32 %r0, 0;
    mov.u32 %r1, %tid.x;
)" + body + R"(
    ld.param.u64 %rd0, [out];
    cvta.to.global.u64 %rd0, %rd0;
    mad.wide.u32 %rd1, %r1, 4, %rd0;
    st.global.u32 [%rd1], %r0;
    ret;
}
)";
}

std::vector<std::uint32_t> run(const std::string& body, std::uint32_t threads = 32) {
    KernelRun run(kernel(body), threads);
    run.options.instruction_limit = 1'000'000;
    run.output("out", threads * 4).run();
    return run.content<std::uint32_t>("out");
}

template <class Function>
std::vector<std::uint32_t> of_threads(std::uint32_t threads, Function function) {
    std::vector<std::uint32_t> values;
    for (std::uint32_t i = 0; i < threads; ++i) values.push_back(function(i));
    return values;
}

/// The masks with which the only store to global memory is executed.
std::vector<std::uint32_t> masks_of_store(const std::string& body) {
    std::vector<std::uint32_t> masks;
    KernelRun run(kernel(body));
    run.options.observer = [&](std::uint64_t, std::uint32_t, const isa::WarpInstruction& done) {
        if (done.instruction->operation == isa::Operation::kStoreGlobal) {
            masks.push_back(done.active_mask);
        }
    };
    run.output("out", 128).run();
    return masks;
}

const std::vector<std::uint32_t> kAllTogether{0xffffffffu};

}  // namespace

TEST_CASE("ptx: lanes meet at a join that stands before the arms in the text") {
    CHECK(masks_of_store(R"(
    setp.lt.u32 %p0, %r1, 5;
    bra START;
JOIN:
    bra END;
ELSE:
    mov.u32 %r0, 2;
    bra JOIN;
START:
    @%p0 bra THEN;
    bra ELSE;
THEN:
    mov.u32 %r0, 1;
    bra JOIN;
END:)") == kAllTogether);
}

TEST_CASE("ptx: lanes that continue a loop from several places begin each round together") {
    // The barrier at the head refuses a warp that is not together.
    CHECK(run(R"(
    mov.u32 %r2, 0;
HEAD:
    bar.sync 0;
    add.u32 %r2, %r2, 1;
    setp.ge.u32 %p0, %r2, 20;
    @%p0 bra END;
    add.u32 %r3, %r1, %r2;
    and.b32 %r3, %r3, 3;
    setp.eq.u32 %p1, %r3, 0;
    @%p1 bra HEAD;
    add.u32 %r0, %r0, 1;
    setp.eq.u32 %p1, %r3, 1;
    @%p1 bra HEAD;
    add.u32 %r0, %r0, 1;
    bra HEAD;
END:
    bar.sync 0;)") == of_threads(32, [](std::uint32_t lane) {
              std::uint32_t sum = 0;
              for (std::uint32_t round = 1; round < 20; ++round) {
                  const std::uint32_t way = (lane + round) % 4;
                  sum += way == 0 ? 0 : way == 1 ? 1 : 2;
              }
              return sum;
          }));
}

TEST_CASE("ptx: lanes that break out of nested loops wait behind the outer one") {
    const std::string body = R"(
    mov.u32 %r2, 0;
OUTER:
    mov.u32 %r3, 0;
INNER:
    add.u32 %r0, %r0, 1;
    mul.lo.u32 %r4, %r2, %r3;
    setp.gt.u32 %p0, %r4, %r1;
    @%p0 bra END;
    add.u32 %r3, %r3, 1;
    setp.lt.u32 %p1, %r3, 7;
    @%p1 bra INNER;
    add.u32 %r2, %r2, 1;
    setp.lt.u32 %p2, %r2, 9;
    @%p2 bra OUTER;
END:)";
    CHECK(run(body) == of_threads(32, [](std::uint32_t lane) {
              std::uint32_t steps = 0;
              for (std::uint32_t i = 0; i < 9; ++i) {
                  for (std::uint32_t j = 0; j < 7; ++j) {
                      ++steps;
                      if (i * j > lane) return steps;
                  }
              }
              return steps;
          }));
    CHECK(masks_of_store(body) == kAllTogether);
}

TEST_CASE("ptx: lanes that jump into the middle of a loop meet the others in it") {
    const std::string body = R"(
    mov.u32 %r2, 0;
    setp.lt.u32 %p0, %r1, 9;
    @%p0 bra MIDDLE;
HEAD:
    add.u32 %r0, %r0, 100;
MIDDLE:
    add.u32 %r0, %r0, 1;
    add.u32 %r2, %r2, 1;
    setp.lt.u32 %p1, %r2, 4;
    @%p1 bra HEAD;)";
    CHECK(run(body) == of_threads(32, [](std::uint32_t lane) { return lane < 9 ? 304u : 404u; }));
    CHECK(masks_of_store(body) == kAllTogether);
}

TEST_CASE("ptx: lanes that return early do not keep the others from a barrier") {
    CHECK(run(R"(
    mov.u32 %r0, 7;
    setp.gt.u32 %p0, %r1, 20;
    @%p0 ret;
    bar.sync 0;
    mov.u32 %r0, 1;)") == of_threads(32, [](std::uint32_t lane) { return lane > 20 ? 0u : 1u; }));
}

TEST_CASE("ptx: lanes of one warp that wait for each other's stores all get on") {
    // A lock that goes from lane to lane: each spins until its number is up, and hands on behind
    // the loop, where it would wait for the others if joins were all that counts.
    CHECK(run(R"(
    mov.u32 %r5, flag;
    mov.u32 %r2, 31;
    sub.u32 %r2, %r2, %r1;
SPIN:
    ld.volatile.shared.u32 %r3, [%r5];
    setp.ne.u32 %p0, %r3, %r2;
    @%p0 bra SPIN;
    mad.lo.u32 %r0, %r3, 3, 1;
    add.u32 %r3, %r3, 1;
    st.volatile.shared.u32 [%r5], %r3;
    bar.warp.sync 0xffffffff;)") ==
          of_threads(32, [](std::uint32_t lane) { return (31 - lane) * 3 + 1; }));
}

TEST_CASE("ptx: a lane that spins for another warp leaves its own warp at the barrier behind") {
    // Warp 1 sets the flag after long work. While lane 0 of warp 0 spins, the other lanes may not
    // run through the barrier alone.
    CHECK(run(R"(
    mov.u32 %r5, flag;
    setp.ge.u32 %p0, %r1, 32;
    @%p0 bra WORK;
    setp.ne.u32 %p1, %r1, 0;
    @%p1 bra MEET;
SPIN:
    ld.acquire.cta.shared.u32 %r3, [%r5];
    setp.eq.u32 %p2, %r3, 0;
    @%p2 bra SPIN;
    bra MEET;
WORK:
    mov.u32 %r2, 0;
AGAIN:
    add.u32 %r2, %r2, 1;
    setp.lt.u32 %p3, %r2, 5000;
    @%p3 bra AGAIN;
    st.release.cta.shared.u32 [%r5], %r2;
MEET:
    bar.sync 0;
    ld.shared.u32 %r0, [%r5];)",
              64) == of_threads(64, [](std::uint32_t) { return 5000u; }));
}

TEST_CASE("ptx: brx.idx sends every lane to its label, and all meet behind the switch") {
    const std::string body = R"(
    and.b32 %r2, %r1, 3;
TABLE: .branchtargets A, B, C, B;
    brx.idx %r2, TABLE;
A:
    mov.u32 %r0, 10;
    bra END;
B:
    mov.u32 %r0, 20;
    bra END;
C:
    mov.u32 %r0, 30;
END:)";
    CHECK(run(body) == of_threads(32, [](std::uint32_t lane) {
              return lane % 4 == 0 ? 10u : lane % 4 == 2 ? 30u : 20u;
          }));
    CHECK(masks_of_store(body) == kAllTogether);
    CHECK_THROWS_WITH(run(R"(
TABLE: .branchtargets A, A;
    brx.idx %r1, TABLE;
A:)"),
                      Contains("test.ptx:15: 'brx.idx'") &&
                          Contains("the index 2 of lane 2 exceeds the table of 2 labels"));
    CHECK_THROWS_WITH(run("NONE: brx.idx %r1, NONE;"),
                      Contains("'NONE' is no label with .branchtargets"));
}

TEST_CASE("ptx: trap and brkpt name their lanes") {
    CHECK_THROWS_WITH(run("setp.eq.u32 %p0, %r1, 5; @%p0 trap;"),
                      Contains("test.ptx:13: 'trap' (CTA 0, warp 0)") &&
                          Contains("the kernel stops itself in lane 5"));
    CHECK_THROWS_WITH(run("setp.lt.u32 %p0, %r1, 3; @%p0 brkpt;"), Contains("lanes 0, 1, 2"));
}
