// sptc probe, as a user runs it.
#include <catch2/catch.hpp>

#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using test::ProgramRun;
using test::run_sptc;
using test::TemporaryDirectory;

TEST_CASE("probe: the simulator answers as its own hypotheses say") {
    const TemporaryDirectory directory;
    const ProgramRun written = run_sptc(
        directory.path(), "probe numerics --out campaign --only P1,P6-illegal --arch sm_80");
    INFO(written.err);
    REQUIRE(written.exit_code == 0);
    CHECK_THAT(written.out, Contains("24 probes"));
    const ProgramRun simulated = run_sptc(directory.path(), "probe simulate campaign");
    INFO(simulated.out << simulated.err);
    REQUIRE(simulated.exit_code == 0);
    CHECK_THAT(simulated.out, Contains("24 probes executed, 0 failed"));
    const ProgramRun judged = run_sptc(directory.path(), "probe judge campaign");
    CHECK(judged.exit_code == 0);
    CHECK_THAT(judged.out, Contains("P1          partition              8           0           0"
                                    "  H1\n"));
    CHECK_THAT(judged.out, Contains("independent selects"));
}

TEST_CASE("probe: judge tells the partition that the simulator was given") {
    const TemporaryDirectory directory;
    REQUIRE(run_sptc(directory.path(), "probe numerics --out campaign --only P1").exit_code == 0);
    REQUIRE(run_sptc(directory.path(), "probe simulate campaign --sparse-groups H5").exit_code ==
            0);
    const ProgramRun judged = run_sptc(directory.path(), "probe judge campaign");
    CHECK(judged.exit_code == 0);
    CHECK_THAT(judged.out, Contains("0  H5\n"));
}

TEST_CASE("probe: without outputs nothing is judged, and the exit code says so") {
    const TemporaryDirectory directory;
    REQUIRE(run_sptc(directory.path(), "probe numerics --out campaign --only P3").exit_code == 0);
    const ProgramRun judged = run_sptc(directory.path(), "probe judge campaign");
    CHECK(judged.exit_code == 1);
    CHECK_THAT(judged.out, Contains("not judged") && Contains("D.bin"));
}

TEST_CASE("probe: a campaign of another architecture is refused") {
    const TemporaryDirectory directory;
    REQUIRE(run_sptc(directory.path(), "probe numerics --out campaign --only P3 --arch sm_90")
                .exit_code == 0);
    const ProgramRun simulated = run_sptc(directory.path(), "probe simulate campaign");
    CHECK(simulated.exit_code == 3);
    CHECK_THAT(simulated.err,
               Contains("the campaign is for sm_90, the GPU a100-sxm4-40gb is sm_80"));
    const ProgramRun unknown =
        run_sptc(directory.path(), "probe numerics --out campaign --only P13");
    CHECK(unknown.exit_code == 3);
    CHECK_THAT(unknown.err, Contains("unknown probe 'P13'"));
}
