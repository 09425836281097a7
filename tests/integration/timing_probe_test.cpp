// sptc probe mma and others, and sptc validate, as a user runs them.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/base/file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using test::ProgramRun;
using test::run_sptc;
using test::TemporaryDirectory;

namespace {

constexpr const char* kOp = "mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32";

}  // namespace

TEST_CASE("probe mma: lists give every combination, and JSON holds rates that fit the latencies") {
    const TemporaryDirectory directory;
    const std::string command =
        std::string("probe mma --op ") + kOp + " --warps 1,8 --ilp 1-2 --json ";
    const ProgramRun first = run_sptc(directory.path(), command + "a.json");
    INFO(first.err);
    REQUIRE(first.exit_code == 0);
    REQUIRE(run_sptc(directory.path(), command + "b.json").exit_code == 0);
    CHECK(base::read_text(directory.path() / "a.json") ==
          base::read_text(directory.path() / "b.json"));
    const auto json = nlohmann::json::parse(base::read_text(directory.path() / "a.json"));
    REQUIRE(json.at("points").size() == 4);
    for (const auto& point : json.at("points")) {
        const double copies = std::stod(point.at("parameters").at("warps").get<std::string>()) *
                              std::stod(point.at("parameters").at("ilp").get<std::string>());
        const double cycles = point.at("latency_cycles");
        // m16n8k32 counts 16 x 8 x 32 products, the pruned half too.
        CHECK(point.at("macs_per_cycle_per_sm").get<double>() ==
              Approx(16 * 8 * 32 * copies / cycles));
    }
}

TEST_CASE("probe: a wrong option or operation says what was expected") {
    const TemporaryDirectory directory;
    const ProgramRun warps =
        run_sptc(directory.path(), std::string("probe mma --warps 33 --op ") + kOp);
    CHECK(warps.exit_code == 3);
    CHECK_THAT(warps.err, Contains("--warps: got '33', expected a number from 1 to 32"));
    const ProgramRun level = run_sptc(directory.path(), "probe stream --level l3");
    CHECK_THAT(level.err, Contains("expected one of l1, l2, dram"));
    CHECK(run_sptc(directory.path(), "probe mma").exit_code == 2);
}

TEST_CASE("probe: two threads give the figures of one") {
    const TemporaryDirectory directory;
    const std::string probe = "probe stream --level l2 --json ";
    REQUIRE(run_sptc(directory.path(), probe + "one.json").exit_code == 0);
    REQUIRE(run_sptc(directory.path(), probe + "two.json --host-threads 2").exit_code == 0);
    CHECK(base::read_text(directory.path() / "one.json") ==
          base::read_text(directory.path() / "two.json"));
}

TEST_CASE("validate: a group is reported as table, JSON, Markdown and page, alike") {
    const TemporaryDirectory directory;
    const ProgramRun run = run_sptc(
        directory.path(),
        "validate --gpu a100 --group mma-sparse --json v.json --markdown v.md --html v.html");
    INFO(run.err);
    REQUIRE(run.exit_code == 0);
    const auto json = nlohmann::json::parse(base::read_text(directory.path() / "v.json"));
    const auto& group = json.at("groups").at(0);
    REQUIRE(group.at("figures").size() == 4);
    double sum = 0;
    for (const auto& row : group.at("figures")) {
        const double published = row.at("published");
        sum += std::fabs(row.at("simulated").get<double>() - published) / published;
    }
    CHECK(group.at("mean_error").get<double>() == Approx(sum / 4));
    CHECK_THAT(base::read_text(directory.path() / "v.md"), Contains("| sparse m16n8k32 FP16/FP32"));
    CHECK_THAT(base::read_text(directory.path() / "v.html"), Contains("sparse m16n8k32 FP16/FP32"));
    const ProgramRun unknown = run_sptc(directory.path(), "validate --group mma");
    CHECK(unknown.exit_code == 3);
    CHECK_THAT(unknown.err, Contains("unknown group 'mma': expected one of mma-latency"));
}
