// sptc --save-trace, replay and inspect of traces, as a user runs them.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using test::ProgramRun;
using test::run_sptc;
using test::TemporaryDirectory;

namespace {

std::string example(const std::string& file) {
    return "'" + std::filesystem::absolute("traces/examples/" + file).string() + "'";
}

std::string without_host(const std::string& json) { return json.substr(0, json.find("\"host\"")); }

}  // namespace

TEST_CASE("replay: prints and writes the report of the run that saved the trace") {
    const TemporaryDirectory directory;
    const ProgramRun run =
        run_sptc(directory.path(), "run " + example("sparse_gemm.ptx") + " --launch " +
                                       example("sparse_gemm.launch.json") +
                                       " --save-trace k.trace --json run.json");
    REQUIRE(run.exit_code == 0);
    const ProgramRun replay = run_sptc(directory.path(), "replay k.trace --json replay.json");
    REQUIRE(replay.exit_code == 0);
    CHECK(replay.out == run.out);
    CHECK(without_host(base::read_text(directory.path() / "replay.json")) ==
          without_host(base::read_text(directory.path() / "run.json")));
}

TEST_CASE("gemm: the trace is of the kernel with the pattern") {
    const TemporaryDirectory directory;
    REQUIRE(
        run_sptc(directory.path(), "gemm --m 64 --n 64 --k 64 --save-trace g.trace").exit_code ==
        0);
    const std::string text = run_sptc(directory.path(), "inspect g.trace").out;
    CHECK_THAT(text, Contains("sp24") && Contains("mma.sp::ordered_metadata") &&
                         Contains("--sms representative"));
}

TEST_CASE("inspect: a trace tells its origin, operations and records") {
    const TemporaryDirectory directory;
    const std::string trace = example("sparse_gemm.trace");
    const ProgramRun summary = run_sptc(directory.path(), "inspect " + trace);
    CHECK(summary.exit_code == 0);
    CHECK_THAT(summary.out, Contains("sparse_gemm.ptx  sha256 ") && Contains("3 x 2 x 1") &&
                                Contains("CTAs           6 of 6 whole") && Contains("async_copy"));
    const ProgramRun records =
        run_sptc(directory.path(), "inspect " + trace + " --cta 5 --warp 1 --limit 30");
    CHECK(records.exit_code == 0);
    CHECK(std::count(records.out.begin(), records.out.end(), '\n') == 31);
    CHECK_THAT(records.out, Contains("       0  line ") && Contains("... and more"));
    const ProgramRun end =
        run_sptc(directory.path(), "inspect " + trace + " --cta 5 --warp 1 --limit 100000");
    CHECK_THAT(end.out, Contains("mma.sp") && Contains(" -> ") && Contains("barrier 0") &&
                            !Contains("more"));
}

TEST_CASE("replay: wrong command lines and files say what is wrong") {
    const TemporaryDirectory directory;
    const std::string trace = example("sparse_gemm.trace");
    const auto expect = [&](const std::string& arguments, int exit_code,
                            const std::string& message) {
        const ProgramRun run = run_sptc(directory.path(), arguments);
        CAPTURE(arguments, run.err);
        CHECK(run.exit_code == exit_code);
        CHECK_THAT(run.err, Contains(message));
    };
    std::string damaged = base::read_text("traces/examples/sparse_gemm.trace");
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
    directory.write("bad.trace", damaged);
    directory.write("not.trace", "something else");
    expect("replay bad.trace", 3, "bad.trace: byte ");
    expect("inspect bad.trace", 3, "bad.trace: byte ");
    expect("replay not.trace", 3, "not.trace: byte 0: is no trace");
    expect("inspect not.trace", 3, "is no trace");
    expect("replay none.trace", 3, "No such file");
    expect("replay " + trace + " --gpu b100", 3, "a100");
    expect("replay " + trace + " --sms some", 2, "representative");
    expect("replay " + trace + " --max-cycles 10", 3, "limit of 10 cycles");
    expect("inspect " + trace + " --cta 6", 3, "holds no CTA 6; the grid has 6");
    expect("inspect " + trace + " --cta 0 --warp 2", 3, "a CTA has warps 0 to 1");
    expect("inspect " + trace + " --warp 2", 2, "--cta");
    expect("run " + example("sparse_gemm.ptx") + " --launch " + example("sparse_gemm.launch.json") +
               " --save-trace nowhere/k.trace",
           3, "nowhere/k.trace");
}

TEST_CASE("run: a kernel that fails leaves no trace") {
    const TemporaryDirectory directory;
    const ProgramRun run =
        run_sptc(directory.path(), "run " + example("sparse_gemm.ptx") + " --launch " +
                                       example("sparse_gemm.launch.json") +
                                       " --save-trace k.trace --max-cycles 10");
    CHECK(run.exit_code == 3);
    CHECK(std::filesystem::is_empty(directory.path()));
}
