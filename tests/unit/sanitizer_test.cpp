// The parts of the sanitizer: which detectors, what is ordered before what, what is told twice.
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"
#include "traces/sanitize/async_copies.hpp"
#include "traces/sanitize/barrier_phases.hpp"
#include "traces/sanitize/clocks.hpp"
#include "traces/sanitize/sanitizer.hpp"
#include "traces/sanitize/uninitialised.hpp"

using namespace sptc;
using namespace sptc::sanitize;

namespace {

constexpr std::uint32_t kAll = 0xffffffffu;
constexpr std::uint32_t kLane0 = 1;

/// Is what lane 0 of `before` did in an epoch ordered before lane `lane` of `warp` now?
bool ordered(const Clocks& clocks, std::uint32_t before, std::uint32_t epoch, std::uint32_t warp,
             std::uint32_t lane = 0) {
    return clocks.ordered(before, kLane0, epoch, warp, lane);
}

}  // namespace

TEST_CASE("sanitizer: a list of detectors is what it names, and anything else is refused") {
    CHECK(parse_detectors("all").text() == "memory,race,init,async,sync");
    CHECK(parse_detectors("none").empty());
    CHECK(parse_detectors("sync,race").text() == "race,sync");
    CHECK_FALSE(parse_detectors("memory").watch());
    CHECK(parse_detectors("init").watch());
    for (const char* wrong : {"", "races", "race,", "none,race"}) {
        CHECK_THROWS_AS(parse_detectors(wrong), base::ConfigError);
    }
}

TEST_CASE("sanitizer: warps are ordered by what they release and acquire, and not before") {
    Clocks clocks(3);
    const std::uint32_t epoch = clocks.epoch(0);
    CHECK_FALSE(ordered(clocks, 0, epoch, 1));
    Clock object;
    clocks.release(0, object);
    CHECK_FALSE(ordered(clocks, 0, epoch, 1));
    clocks.acquire(1, kAll, object);
    CHECK(ordered(clocks, 0, epoch, 1));
    CHECK_FALSE(ordered(clocks, 0, clocks.epoch(0), 1));  // what warp 0 did since
    CHECK_FALSE(ordered(clocks, 0, epoch, 2));
    Clock second;  // what warp 1 knows goes on to warp 2
    clocks.release(1, second);
    clocks.acquire(2, kAll, second);
    CHECK(ordered(clocks, 0, epoch, 2));
}

TEST_CASE("sanitizer: lanes of a warp are ordered by program order and by the mask that waits") {
    Clocks clocks(1);
    const std::uint32_t epoch = clocks.epoch(0);
    CHECK(ordered(clocks, 0, epoch, 0, 0));
    CHECK_FALSE(ordered(clocks, 0, epoch, 0, 1));
    clocks.sync_lanes(0, 0x0000000f, kAll);
    CHECK(ordered(clocks, 0, epoch, 0, 3));
    CHECK_FALSE(ordered(clocks, 0, epoch, 0, 4));
    clocks.sync_lanes(0, 0x00000018, kAll);  // lane 3 tells lane 4 what it knows
    CHECK(ordered(clocks, 0, epoch, 0, 4));
    CHECK_FALSE(ordered(clocks, 0, epoch, 0, 5));
    clocks.sync_lanes(0, kAll, kAll);
    CHECK(ordered(clocks, 0, epoch, 0, 31));
}

TEST_CASE("sanitizer: the phases of a barrier order only the warps that meet in them") {
    Clocks clocks(4);
    BarrierPhases barriers(clocks);
    const std::uint32_t epoch = clocks.epoch(0);
    CHECK_FALSE(barriers.arrive({.warp = 0, .barrier = 1, .threads = 64}, kAll));
    CHECK_FALSE(barriers.arrive({.warp = 2, .barrier = 2, .threads = 64}, kAll));
    CHECK_FALSE(barriers.arrive({.warp = 1, .barrier = 1, .threads = 64}, kAll));
    CHECK_FALSE(barriers.arrive({.warp = 3, .barrier = 2, .threads = 64}, kAll));
    CHECK(barriers.waiting().size() == 4);
    for (std::uint32_t warp = 0; warp < 4; ++warp) barriers.resume(warp, kAll);
    CHECK(barriers.waiting().empty());
    CHECK(ordered(clocks, 0, epoch, 1));
    CHECK_FALSE(ordered(clocks, 0, epoch, 2));
    CHECK_FALSE(ordered(clocks, 0, epoch, 3));
}

TEST_CASE("sanitizer: who names another number of threads at a barrier does not fit") {
    Clocks clocks(3);
    BarrierPhases barriers(clocks);
    CHECK_FALSE(barriers.arrive({.warp = 0, .barrier = 1, .threads = 96}, kAll));
    const auto misfit = barriers.arrive({.warp = 1, .barrier = 1, .threads = 64}, kAll);
    REQUIRE(misfit);
    CHECK(misfit->warp == 0);
}

TEST_CASE("sanitizer: a wait covers all but the newest groups of each lane") {
    AsyncCopies copies(1);
    copies.issue({.first_granule = 1});
    copies.commit(0, kLane0);
    copies.issue({.first_granule = 2});
    copies.commit(0, kLane0);
    copies.issue({.first_granule = 3});  // in no group yet
    const auto first = copies.wait(0, kLane0, 1);
    REQUIRE(first.size() == 1);
    CHECK(first[0].first_granule == 1);
    const auto second = copies.wait(0, kLane0, 0);
    REQUIRE(second.size() == 1);
    CHECK(second[0].first_granule == 2);
    copies.commit(0, kLane0);
    CHECK(copies.wait(0, kLane0, 0).size() == 1);
}

TEST_CASE("sanitizer: bytes of a buffer with a size only are unwritten one by one") {
    UninitialisedBuffers buffers;
    buffers.add(0x1000, 100);
    CHECK(buffers.written(0x2000, 16));
    CHECK_FALSE(buffers.written(0x1040, 4));
    buffers.write(0x1040, 3);
    CHECK_FALSE(buffers.written(0x1040, 4));
    buffers.write(0x1043, 1);
    CHECK(buffers.written(0x1040, 4));
    CHECK_FALSE(buffers.written(0x1044, 1));
}

TEST_CASE("sanitizer: findings of the same lines are one, and beyond a bound they are counted") {
    Findings findings;
    for (std::uint32_t line = 1; line <= Findings::kMost + 5; ++line) {
        for (int again = 0; again < 3; ++again) {
            if (findings.count_known(Detector::kRace, "w", line, 0)) continue;
            Finding finding;
            finding.detector = Detector::kRace;
            finding.what = "w";
            finding.now.line = line;
            findings.add(finding);
        }
    }
    CHECK(findings.all().size() == Findings::kMost);
    CHECK(findings.all()[0].count == 3);
    CHECK(findings.dropped() == 3 * 5);
}

TEST_CASE("sanitizer: a race is found in either order of execution") {
    // Warps take turns, one instruction each; padding moves the read before or behind the write.
    for (const bool reader_first : {false, true}) {
        const std::string padding =
            "add.u32 %r1, %r1, 1; add.u32 %r1, %r1, 1; add.u32 %r1, %r1, 1;";
        test::KernelRun run(
            std::string(test::kPtxHeader) +
                ".visible .entry k(.param .u64 out) {\n"
                ".reg .pred %p; .reg .b32 %r<4>; .reg .b64 %out; .shared .b32 s[32];"
                "ld.param.u64 %out, [out]; mov.u32 %r0, %tid.x; mov.u32 %r2, s;"
                "setp.lt.u32 %p, %r0, 32; @%p bra W;\n" +
                (reader_first ? "" : padding) + "ld.shared.u32 %r3, [%r2]; bra.uni E;\nW:" +
                (reader_first ? padding : "") + "st.shared.u32 [%r2], 5;\nE: ret;\n}",
            64);
        run.output("out", 4);
        Sanitizer sanitizer(parse_detectors("race"));
        launch::DeviceMemory memory(run.launch.buffers, launch::Values::kOn);
        const auto source =
            ptx::make_source(ptx::load_program(run.ptx, "k.ptx", ""), run.launch, memory,
                             launch::Values::kOn, 1, nullptr, sanitizer.observer());
        (void)test::run_functionally(*source, {});
        REQUIRE(sanitizer.findings().all().size() == 1);
        CHECK(sanitizer.findings().all()[0].what ==
              (reader_first ? "write after read in shared memory, unordered"
                            : "read after write in shared memory, unordered"));
    }
}
