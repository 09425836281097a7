// cp.async and ldmatrix in the spellings that ptxas takes: the same data in each.
#include <catch2/catch.hpp>
#include <numeric>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using test::KernelRun;

namespace {

/// Runs 32 lanes; %s is the lane's 16 bytes of shared memory, %g its 16 bytes of `in`. Lane l
/// stores what %r0 .. %r3 hold behind `body`.
std::vector<std::uint32_t> run(const std::string& body) {
    KernelRun kernel(std::string(test::kPtxHeader) +
                     R"(.visible .entry k(.param .u64 in, .param .u64 out)
{
    .reg .pred %p;
    .reg .b32 %r<4>, %s, %lane, %n;
    .reg .b64 %in, %out, %g, %o, %policy, %wide;
    .shared .align 16 .b8 memory[512];
    ld.param.u64 %in, [in];
    ld.param.u64 %out, [out];
    mov.u32 %lane, %tid.x;
    mov.u32 %s, memory;
    mad.lo.u32 %s, %lane, 16, %s;
    cvt.u64.u32 %wide, %s;
    mad.wide.u32 %g, %lane, 16, %in;
    mad.wide.u32 %o, %lane, 16, %out;
    mov.u64 %policy, 0;
    st.shared.v4.u32 [%s], {7, 7, 7, 7};
    and.b32 %n, %lane, 1;
    setp.eq.u32 %p, %n, 1;
    shl.b32 %n, %n, 3;
)" + body + R"(
    st.global.v4.u32 [%o], {%r0, %r1, %r2, %r3};
    ret;
}
)");
    std::vector<std::uint32_t> in(128);
    std::iota(in.begin(), in.end(), 100u);
    kernel.buffer("in", in).output("out", 512).run();
    return kernel.content<std::uint32_t>("out");
}

std::vector<std::uint32_t> copied(const std::string& copy) {
    return run(copy + " cp.async.wait_all; ld.shared.v4.u32 {%r0, %r1, %r2, %r3}, [%s];");
}

/// Word `i` of a lane's copy of `bytes`, of which `read` come from memory.
template <class Read>
std::vector<std::uint32_t> expected(std::uint32_t bytes, Read read) {
    std::vector<std::uint32_t> words(128);
    for (std::uint32_t i = 0; i < 128; ++i) {
        const std::uint32_t at = 4 * (i % 4);
        words[i] = at >= bytes ? 7 : at < read(i / 4) ? 100 + i : 0;
    }
    return words;
}

}  // namespace

TEST_CASE("ptx cp.async: sizes, source sizes, ignored sources and cache policies") {
    const auto all = [](std::uint32_t) { return 16u; };
    for (const std::string text :
         {"cp.async.ca.shared.global [%s], [%g], 16;",
          "cp.async.cg.shared::cta.global [%s], [%g], 16;",
          "cp.async.cg.shared.global.L2::128B [%wide], [%g], 16;",
          "cp.async.cg.shared.global.L2::cache_hint [%s], [%g], 16, %policy;",
          "cp.async.ca.shared.global.L2::cache_hint.L2::64B [%s], [%g], 16, 16, %policy;"}) {
        CAPTURE(text);
        CHECK(copied(text) == expected(16, all));
    }
    CHECK(copied("cp.async.ca.shared.global [%s], [%g], 4;") == expected(4, all));
    CHECK(copied("cp.async.ca.shared.global [%s], [%g], 8;") == expected(8, all));
    CHECK(copied("cp.async.cg.shared.global [%s], [%g], 16, 8;") ==
          expected(16, [](std::uint32_t) { return 8u; }));
    const auto odd_lanes_read_8 = [](std::uint32_t lane) { return 8 * (lane % 2); };
    CHECK(copied("cp.async.cg.shared.global [%s], [%g], 16, %n;") ==
          expected(16, odd_lanes_read_8));
    CHECK(copied("cp.async.cg.shared.global.L2::cache_hint [%s], [%g], 16, %n, %policy;") ==
          expected(16, odd_lanes_read_8));
    const auto even_lanes_read = [](std::uint32_t lane) { return lane % 2 == 0 ? 16u : 0u; };
    CHECK(copied("cp.async.cg.shared.global [%s], [%g], 16, %p;") == expected(16, even_lanes_read));
    CHECK(copied("cp.async.cg.shared.global.L2::cache_hint [%s], [%g], 16, %p, %policy;") ==
          expected(16, even_lanes_read));
    CHECK_THROWS_WITH(copied("cp.async.bulk.commit_group;"), Catch::Contains("sm_90"));
}

TEST_CASE("ptx ldmatrix: qualifiers in any order give the same fragments") {
    const std::string fill =
        "mov.u32 %r1, 0; mov.u32 %r2, 0; mov.u32 %r3, 0;"
        "ld.global.v4.u32 {%r0, %r1, %r2, %r3}, [%g];"
        "st.shared.v4.u32 [%s], {%r0, %r1, %r2, %r3};";
    const auto plain =
        run(fill + "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r0, %r1, %r2, %r3}, [%s];");
    const auto transposed =
        run(fill + "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%r0, %r1, %r2, %r3}, [%s];");
    CHECK(plain != transposed);
    for (const std::string text : {"ldmatrix.sync.aligned.x4.m8n8.shared.b16",
                                   "ldmatrix.b16.shared::cta.x4.m8n8.aligned.sync"}) {
        CHECK(run(fill + text + " {%r0, %r1, %r2, %r3}, [%s];") == plain);
        CHECK(run(fill + text + ".trans {%r0, %r1, %r2, %r3}, [%wide];") == transposed);
    }
    // Row j of matrix i are the 16 bytes of lane 8 i + j: words 100 + 4 (8 i + j) and on. Lane l
    // gets word l % 4 of row l / 4.
    for (std::uint32_t lane = 0; lane < 32; ++lane) {
        for (std::uint32_t matrix = 0; matrix < 4; ++matrix) {
            CHECK(plain[4 * lane + matrix] == 100 + 4 * (8 * matrix + lane / 4) + lane % 4);
        }
    }
    CHECK_THROWS_WITH(run("ldmatrix.sync.aligned.m16n16.x1.trans.shared.b8 {%r0, %r1}, [%s];"),
                      Catch::Contains("sm_100"));
}
