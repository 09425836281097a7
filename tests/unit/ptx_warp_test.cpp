// shfl, vote, match, activemask, redux, movmatrix: expected values by hand from the PTX ISA.
#include <catch2/catch.hpp>
#include <numeric>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using Catch::Contains;
using test::evaluate;
using test::KernelRun;
using test::Sources;

namespace {

/// Sources of 32 lanes: lane l has a(l), b(l), c(l).
template <class A>
std::vector<Sources> lanes(A a) {
    std::vector<Sources> sources;
    for (std::uint64_t lane = 0; lane < 32; ++lane) sources.push_back({a(lane), lane, 0});
    return sources;
}

std::vector<Sources> tens() {
    return lanes([](std::uint64_t lane) { return 10 * lane; });
}

/// d of every lane.
std::vector<std::uint64_t> run(const std::string& text) { return evaluate(text, tens()); }

/// What lane l must hold.
template <class Expected>
void check_lanes(const std::vector<std::uint64_t>& found, Expected expected) {
    REQUIRE(found.size() == 32);
    for (std::uint64_t lane = 0; lane < 32; ++lane) {
        CAPTURE(lane);
        CHECK(found[lane] == static_cast<std::uint64_t>(expected(lane)));
    }
}

void check_fault(const std::string& text, const std::string& message) {
    CAPTURE(text);
    CHECK_THROWS_WITH(run(text), Contains(message));
}

}  // namespace

TEST_CASE("ptx warp: shfl.up gives the lane below, and a lane without one its own value") {
    check_lanes(run("shfl.sync.up.b32 %d32, %a32, 3, 0, -1;"),
                [](auto lane) { return lane < 3 ? 10 * lane : 10 * (lane - 3); });
    // Segments of 8 lanes: c = (32 - 8) << 8.
    check_lanes(run("shfl.sync.up.b32 %d32, %a32, 1, 6144, 0xffffffff;"),
                [](auto lane) { return lane % 8 == 0 ? 10 * lane : 10 * (lane - 1); });
}

TEST_CASE("ptx warp: shfl.down and shfl.bfly stay below the clamp") {
    check_lanes(run("shfl.sync.down.b32 %d32, %a32, 16, 31, -1;"),
                [](auto lane) { return lane >= 16 ? 10 * lane : 10 * (lane + 16); });
    check_lanes(run("shfl.sync.down.b32 %d32, %a32, 2, 0x1807, -1;"),  // width 8
                [](auto lane) { return lane % 8 >= 6 ? 10 * lane : 10 * (lane + 2); });
    check_lanes(run("shfl.sync.bfly.b32 %d32, %a32, 5, 31, -1;"),
                [](auto lane) { return 10 * (lane ^ 5u); });
    // Without segments a clamp of 20 cuts off sources above lane 20.
    check_lanes(run("shfl.sync.bfly.b32 %d32, %a32, 8, 20, -1;"),
                [](auto lane) { return (lane ^ 8u) <= 20 ? 10 * (lane ^ 8u) : 10 * lane; });
}

TEST_CASE("ptx warp: shfl.idx reads the lane of its segment; the index wraps in it") {
    check_lanes(run("shfl.sync.idx.b32 %d32, %a32, 7, 31, -1;"), [](auto) { return 70; });
    check_lanes(run("shfl.sync.idx.b32 %d32, %a32, 13, 0x1c03, -1;"),  // width 4: 13 % 4
                [](auto lane) { return 10 * (lane / 4 * 4 + 1); });
    check_lanes(run("sub.u32 %e32, 31, %b32; shfl.sync.idx.b32 %d32, %a32, %e32, 31, -1;"),
                [](auto lane) { return 10 * (31 - lane); });
}

TEST_CASE("ptx warp: the predicate of a shfl says whether the source lane lies in the segment") {
    check_lanes(run("shfl.sync.up.b32 %e32|%p, %a32, 4, 0, -1; selp.u32 %d32, 1, 2, %p;"),
                [](auto lane) { return lane < 4 ? 2 : 1; });
    check_lanes(run("shfl.sync.b32.down %e32|%p, %a32, 1, 31, -1; selp.u32 %d32, 1, 2, %p;"),
                [](auto lane) { return lane == 31 ? 2 : 1; });
}

TEST_CASE("ptx warp: a shfl of some lanes changes only these") {
    check_lanes(run("mov.u32 %d32, 5; setp.lt.u32 %p, %b32, 16;"
                    "@%p shfl.sync.bfly.b32 %d32, %a32, 1, 31, 0xffff;"),
                [](auto lane) { return lane < 16 ? 10 * (lane ^ 1u) : 5; });
}

TEST_CASE("ptx warp: votes look at the lanes that take part") {
    const std::string below = "setp.lt.u32 %p, %b32, 5;";
    check_lanes(run(below + "vote.sync.ballot.b32 %d32, %p, -1;"), [](auto) { return 0x1f; });
    check_lanes(run(below + "vote.sync.ballot.b32 %d32, !%p, -1;"),
                [](auto) { return 0xffffffe0u; });
    const auto predicate = [&](const std::string& vote) {
        return run(below + vote + " selp.u32 %d32, 1, 0, %q;").front();
    };
    CHECK(predicate("vote.sync.all.pred %q, %p, -1;") == 0);
    CHECK(predicate("vote.sync.any.pred %q, %p, -1;") == 1);
    CHECK(predicate("vote.sync.uni.pred %q, %p, -1;") == 0);
    CHECK(predicate("setp.lt.u32 %p, %b32, 99; vote.sync.all.pred %q, %p, -1;") == 1);
    CHECK(predicate("setp.lt.u32 %p, %b32, 99; vote.sync.any.pred %q, !%p, -1;") == 0);
    CHECK(predicate("setp.lt.u32 %p, %b32, 0; vote.sync.uni.pred %q, %p, -1;") == 1);
    // Among lanes 0 to 3 all hold.
    check_lanes(run(below + "setp.lt.u32 %q, %b32, 4; mov.u32 %d32, 7;"
                            "@%q vote.sync.ballot.b32 %d32, %p, 15;"),
                [](auto lane) { return lane < 4 ? 15 : 7; });
}

TEST_CASE("ptx warp: activemask names the lanes that execute it") {
    check_lanes(run("setp.ge.u32 %p, %b32, 30; @%p activemask.b32 %d32;"),
                [](auto lane) { return lane < 30 ? 0u : 0xc0000000u; });
}

TEST_CASE("ptx warp: match.any names the lanes with the same value, match.all all or none") {
    check_lanes(run("rem.u32 %e32, %b32, 3; match.any.sync.b32 %d32, %e32, -1;"), [](auto lane) {
        std::uint32_t mask = 0;
        for (std::uint32_t other = 0; other < 32; ++other) {
            if (other % 3 == lane % 3) mask |= 1u << other;
        }
        return mask;
    });
    check_lanes(evaluate("match.any.sync.b64 %d32, %a64, -1;",
                         lanes([](std::uint64_t lane) { return (lane / 16) << 40; })),
                [](auto lane) { return lane < 16 ? 0xffffu : 0xffff0000u; });
    const std::string pair = "match.all.sync.b32 %e32|%p, %c32, -1; selp.u32 %d32, %e32, 1, %p;";
    check_lanes(run(pair), [](auto) { return 0xffffffffu; });
    check_lanes(run("match.all.sync.b32 %d32|%p, %a32, -1; selp.u32 %e32, 8, 0, %p;"
                    "add.u32 %d32, %d32, %e32;"),
                [](auto) { return 0; });
    check_lanes(run("match.all.sync.b64 %d32, %c64, -1;"), [](auto) { return 0xffffffffu; });
}

TEST_CASE("ptx warp: redux combines the values of the lanes that take part") {
    const auto signed_lanes = lanes(
        [](std::uint64_t lane) { return std::uint64_t(std::uint32_t(7 - std::int64_t(lane))); });
    const auto reduce = [&](const std::string& text) {
        return static_cast<std::uint32_t>(evaluate(text, signed_lanes).front());
    };
    // 7, 6, ..., -24: their sum is 32 * 7 - 31 * 32 / 2.
    CHECK(reduce("redux.sync.add.s32 %d32, %a32, -1;") == static_cast<std::uint32_t>(224 - 496));
    CHECK(reduce("redux.sync.add.u32 %d32, %a32, -1;") == static_cast<std::uint32_t>(224 - 496));
    CHECK(reduce("redux.sync.min.s32 %d32, %a32, -1;") == static_cast<std::uint32_t>(-24));
    CHECK(reduce("redux.sync.max.s32 %d32, %a32, -1;") == 7);
    CHECK(reduce("redux.sync.min.u32 %d32, %a32, -1;") == 0);
    CHECK(reduce("redux.sync.max.u32 %d32, %a32, -1;") == 0xffffffffu);
    CHECK(reduce("redux.sync.or.b32 %d32, %b32, -1;") == 31);
    CHECK(reduce("redux.sync.and.b32 %d32, %b32, -1;") == 0);
    CHECK(reduce("redux.sync.xor.b32 %d32, %a32, -1;") == [] {
        std::uint32_t all = 0;
        for (int lane = 0; lane < 32; ++lane) all ^= static_cast<std::uint32_t>(7 - lane);
        return all;
    }());
    check_lanes(run("setp.ge.u32 %p, %b32, 28; mov.u32 %d32, 1;"
                    "@%p redux.sync.add.s32 %d32, %b32, 0xf0000000;"),
                [](auto lane) { return lane < 28 ? 1 : 28 + 29 + 30 + 31; });
}

TEST_CASE("ptx warp: movmatrix transposes the 8 x 8 matrix of a warp") {
    // Element (row, column) is 8 row + column.
    const auto element = [](std::uint64_t row, std::uint64_t column) { return 8 * row + column; };
    const auto fragment = [&](std::uint64_t lane) {
        return element(lane / 4, 2 * (lane % 4)) | element(lane / 4, 2 * (lane % 4) + 1) << 16;
    };
    check_lanes(evaluate("movmatrix.sync.aligned.m8n8.trans.b16 %d32, %a32;", lanes(fragment)),
                [&](auto lane) {
                    return element(2 * (lane % 4), lane / 4) | element(2 * (lane % 4) + 1, lane / 4)
                                                                   << 16;
                });
}

TEST_CASE("ptx warp: groups of lanes that name each other only work together, each for itself") {
    // Quads, as the tiles of cooperative groups: mask 15 << 4 (lane / 4); %b32 is the lane.
    const std::string quads =
        "and.b32 %e32, %b32, 28; mov.u32 %d32, 15; shl.b32 %e32, %d32, %e32; ";
    const auto first = [](auto lane) { return lane / 4 * 4; };
    check_lanes(run(quads + "redux.sync.add.s32 %d32, %b32, %e32;"),
                [&](auto lane) { return 4 * first(lane) + 6; });
    check_lanes(run(quads + "shfl.sync.idx.b32 %d32, %b32, 2, 0x1c1f, %e32;"),
                [&](auto lane) { return first(lane) + 2; });
    check_lanes(run(quads + "setp.lt.u32 %p, %b32, 6; vote.sync.ballot.b32 %d32, %p, %e32;"),
                [](auto lane) { return lane < 4   ? 0x0fu
                                       : lane < 8 ? 0x30u
                                                  : 0u; });
    check_lanes(run(quads + "setp.lt.u32 %p, %b32, 6; vote.sync.all.pred %p, %p, %e32;"
                            "selp.u32 %d32, 1, 0, %p;"),
                [](auto lane) { return lane < 4 ? 1u : 0u; });
    check_lanes(run(quads + "shr.u32 %d32, %b32, 3; match.any.sync.b32 %d32, %d32, %e32;"),
                [&](auto lane) { return 15u << first(lane); });
    check_lanes(run(quads + "max.u32 %d32, %b32, 7; match.all.sync.b32 %d32, %d32, %e32;"),
                [](auto lane) { return lane < 8 ? 15u << (lane / 4 * 4) : 0u; });
}

TEST_CASE("ptx warp: a membermask that does not fit the executing lanes is an error") {
    check_fault("shfl.sync.idx.b32 %d32, %a32, 0, 31, 0x7fffffff;", "lane 31 executes it");
    check_fault("vote.sync.any.pred %p, %p, 0xfffffffe;", "lane 0 executes it");
    check_fault("setp.lt.u32 %p, %b32, 16; @%p redux.sync.add.s32 %d32, %a32, -1;",
                "names lanes 0xffff0000");
    check_fault("shl.b32 %e32, 3, %b32; match.any.sync.b32 %d32, %a32, %e32;",
                "different membermasks");
    check_fault("setp.lt.u32 %p, %b32, 4; @%p bar.warp.sync -1;", "names lanes 0xfffffff0");
    check_fault("setp.lt.u32 %p, %b32, 4; @%p movmatrix.sync.aligned.m8n8.trans.b16 %d32, %a32;",
                "all 32 lanes");
}

TEST_CASE("ptx warp: lanes that have exited are not waited for") {
    KernelRun kernel(std::string(test::kPtxHeader) + R"(.visible .entry k(.param .u64 out)
{
    .reg .pred %p;
    .reg .b32 %r<4>;
    .reg .b64 %rd<3>;
    ld.param.u64 %rd0, [out];
    mov.u32 %r0, %tid.x;
    setp.ge.u32 %p, %r0, 8;
    @%p exit;
    redux.sync.add.u32 %r1, %r0, -1;
    mul.wide.u32 %rd1, %r0, 4;
    add.u64 %rd1, %rd0, %rd1;
    st.global.u32 [%rd1], %r1;
    ret;
}
)",
                     20);
    kernel.output("out", 32).run();
    CHECK(kernel.content<std::uint32_t>("out") == std::vector<std::uint32_t>(8, 28));
}

TEST_CASE("ptx warp: what sm_80 does not have is refused with what it has") {
    check_fault("shfl.up.b32 %d32, %a32, 1, 0;", "shfl.sync");
    check_fault("vote.all.pred %p, %q;", "vote.sync");
    check_fault("elect.sync %d32|%p, -1;", "sm_90");
    check_fault("redux.sync.add.b32 %d32, %a32, -1;", "redux.sync.{add,min,max}.{u32,s32}");
    check_fault("stmatrix.sync.aligned.m8n8.x1.shared.b16 [%a32], {%b32};", "sm_90");
    check_fault("griddepcontrol.wait;", "sm_90");
}
