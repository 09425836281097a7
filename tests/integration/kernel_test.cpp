// sptc gemm, run and inspect, as a user runs them.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using test::ProgramRun;
using test::run_sptc;
using test::TemporaryDirectory;

namespace {

/// Copies a fault kernel and writes a launch of one CTA with a buffer X of 1024 bytes.
void write_fault(const TemporaryDirectory& directory, const std::string& entry, int threads,
                 int argument) {
    std::filesystem::copy_file("tests/kernels/faults_" + entry + ".ptx",
                               directory.path() / "k.ptx");
    base::write_text(
        directory.path() / "k.json",
        fmt::format(R"({{"schema": "sptc.launch/1", "entry": "{}", "grid": [1], "block": [{}],
"buffers": {{"X": {{"bytes": 1024, "type": "f32", "dimensions": [256]}}}},
"arguments": [{{"buffer": "X"}}, {{"s32": {}}}], "outputs": ["X"]}})",
                    entry, threads, argument));
}

ProgramRun run_fault(const std::string& entry, int threads, int argument,
                     const std::string& options = "") {
    const TemporaryDirectory directory;
    write_fault(directory, entry, threads, argument);
    ProgramRun run =
        run_sptc(directory.path(), "run k.ptx --launch k.json --out out --json r.json " + options);
    if (run.exit_code != 0) {
        CHECK_FALSE(std::filesystem::exists(directory.path() / "out"));
        CHECK_FALSE(std::filesystem::exists(directory.path() / "r.json"));
    }
    return run;
}

std::string without_host(const std::string& json) { return json.substr(0, json.find("\"host\"")); }

}  // namespace

TEST_CASE("run: a fault names line, lane, address and buffer, and leaves no output") {
    const ProgramRun out_of_range = run_fault("out_of_range", 256, 1);
    CHECK(out_of_range.exit_code == 4);
    CHECK_THAT(out_of_range.err, Contains("k.ptx:") && Contains("warp 7, lane 31") &&
                                     Contains("0x") && Contains("past the end of buffer 'X'"));
    CHECK(run_fault("out_of_range", 256, 0).exit_code == 0);

    const ProgramRun misaligned = run_fault("misaligned", 32, 2);
    CHECK(misaligned.exit_code == 4);
    CHECK_THAT(misaligned.err,
               Contains("misaligned") && Contains("lane 0") && Contains("buffer 'X'"));
    CHECK(run_fault("misaligned", 32, 4).exit_code == 0);
}

TEST_CASE("run: a deadlock and an endless loop end in a report with each warp's line") {
    const ProgramRun deadlock = run_fault("deadlock", 64, 0);
    CHECK(deadlock.exit_code == 5);
    CHECK_THAT(deadlock.err, Contains("deadlock") && Contains("warp 0") && Contains("warp 1") &&
                                 Contains("line"));
    const ProgramRun endless = run_fault("endless", 32, 1, "--max-cycles 5000");
    CHECK(endless.exit_code == 3);
    CHECK_THAT(endless.err, Contains("5000 cycles") && Contains("warp 0") && Contains("line"));
}

TEST_CASE("run: a kernel that does not fit, wrong arguments and broken files are refused") {
    const TemporaryDirectory directory;
    write_fault(directory, "misaligned", 32, 0);
    const auto run = [&](const std::string& from, const std::string& to) {
        std::string launch = base::read_text(directory.path() / "k.json");
        launch.replace(launch.find(from), from.size(), to);
        base::write_text(directory.path() / "changed.json", launch);
        return run_sptc(directory.path(), "run k.ptx --launch changed.json");
    };
    CHECK_THAT(run("\"grid\"", "\"dynamic_shared_bytes\": 170000, \"grid\"").err,
               Contains("166912"));
    CHECK_THAT(run(", {\"s32\": 0}", "").err, Contains("1 arguments, expected 2"));
    CHECK_THAT(run("\"X\"}, {", "\"Z\"}, {").err, Contains("'Z'") || Contains("\"Z\""));
    CHECK_THAT(run("\"block\"", "\"blok\"").err, Contains("/blok"));
    CHECK_THAT(run("{\"schema\"", "{schema").err, Contains("line 1"));
    base::write_text(directory.path() / "k.ptx",
                     ".version 8.5\n.target sm_80\n.visible .entry misaligned(");
    CHECK_THAT(run("\"grid\"", "\"grid\"").err, Contains("k.ptx:3:"));
    CHECK(run("\"grid\"", "\"grid\"").exit_code == 3);
}

TEST_CASE(
    "run: an mma that the GPU's architecture lacks is refused with its line and what it has") {
    const TemporaryDirectory directory;
    base::write_text(directory.path() / "k.ptx", R"(.version 8.7
.target sm_89
.address_size 64
.visible .entry k()
{
.reg .b32 %r<9>;
.reg .f32 %f<9>;
mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32 {%f0,%f1,%f2,%f3},{%r0,%r1,%r2,%r3},{%r4,%r5},{%f0,%f1,%f2,%f3};
ret;
}
)");
    base::write_text(directory.path() / "k.json",
                     R"({"schema": "sptc.launch/1", "entry": "k", "grid": [1], "block": [32]})");
    const ProgramRun run = run_sptc(directory.path(), "run k.ptx --launch k.json");
    CHECK(run.exit_code == 3);
    CHECK_THAT(run.err, Contains("k.ptx:8: sm_80 has no 'mma.sync.aligned.m16n8k32") &&
                            Contains("it has\n  mma"));
}

TEST_CASE("gemm: an emitted kernel run on its own gives the same D and cycles") {
    const TemporaryDirectory directory;
    const ProgramRun gemm =
        run_sptc(directory.path(),
                 "gemm --m 40 --n 24 --k 72 --values on --baseline none --emit-ptx k --out d.npy");
    REQUIRE(gemm.exit_code == 0);
    const ProgramRun run = run_sptc(directory.path(), "run k/*.ptx --launch k/*.json --out out");
    REQUIRE(run.exit_code == 0);
    // The buffer D has padded rows; the matrix is 40 x 24 with 24 a multiple of 8, so nothing is
    // padded.
    CHECK(base::read_bytes(directory.path() / "out" / "D.npy") ==
          base::read_bytes(directory.path() / "d.npy"));
    const auto cycles = [](const std::string& text) {
        const std::size_t at = text.find("  cycles ");
        return std::stoll(text.substr(at + 9));
    };
    CHECK(cycles(gemm.out) == cycles(run.out));
    CHECK_THAT(run_sptc(directory.path(), "inspect k/*.ptx").out,
               Contains("mma.sp::ordered_metadata"));
    CHECK_THAT(run_sptc(directory.path(), "inspect k/*.json").out, Contains("buffer     D"));
}

TEST_CASE("gemm: two runs of a command give the same bytes outside host{}") {
    const TemporaryDirectory directory;
    const std::string command = "gemm --m 100 --n 60 --k 50 --check --json ";
    REQUIRE(run_sptc(directory.path(), command + "a.json --out a.npy").exit_code == 0);
    REQUIRE(run_sptc(directory.path(), command + "b.json --out b.npy").exit_code == 0);
    CHECK(without_host(base::read_text(directory.path() / "a.json")) ==
          without_host(base::read_text(directory.path() / "b.json")));
    CHECK(base::read_bytes(directory.path() / "a.npy") ==
          base::read_bytes(directory.path() / "b.npy"));
}

TEST_CASE("gemm: wrong command lines say what is legal") {
    const TemporaryDirectory directory;
    const auto expect = [&](const std::string& arguments, int exit_code,
                            const std::string& message) {
        const ProgramRun run = run_sptc(directory.path(), arguments);
        CAPTURE(arguments, run.err);
        CHECK(run.exit_code == exit_code);
        CHECK_THAT(run.err, Contains(message));
    };
    expect("gem", 2, "gemm, run, replay, mma");
    expect("", 2, "expected one of");
    expect("gemm --m 1 --n 1 --k 1 --colour red", 2, "--colour");
    expect("gemm --m 1 --n 1", 3, "--k");
    expect("gemm --gpu b100 --m 1 --n 1 --k 1", 3, "a100");
    expect("gemm --pattern 3:4 --m 1 --n 1 --k 1", 3, "2:4");
    expect("gemm --type f17 --m 1 --n 1 --k 1", 3, "f16");
    expect("gemm --m 1 --n 1 --k 1 --check --sms representative", 3, "--sms all");
    expect("gemm --m 1 --n 1 --k 1 --json nowhere/r.json", 3, "nowhere/r.json");
    expect("gemm --a missing.npy --n 1", 3, "missing.npy");
    CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("sptc run: what a kernel printed before it failed stands before the error") {
    const TemporaryDirectory directory;
    base::write_text(directory.path() / "k.ptx", R"(.version 8.5
.target sm_80
.address_size 64
.extern .func (.param .b32 func_retval0) vprintf(.param .b64 p0, .param .b64 p1);
.global .align 1 .b8 text[8] = {98, 101, 102, 111, 114, 101, 10, 0};
.visible .entry k()
{
    .reg .b64 %rd<2>;
    mov.u64 %rd0, text;
    cvta.global.u64 %rd0, %rd0;
    mov.u64 %rd1, 0;
    { .param .b64 param0; st.param.b64 [param0], %rd0;
      .param .b64 param1; st.param.b64 [param1], %rd1;
      .param .b32 retval0;
      call.uni (retval0), vprintf, (param0, param1); }
    trap;
}
)");
    base::write_text(directory.path() / "k.json", R"({"schema": "sptc.launch/1", "entry": "k",
"grid": [1], "block": [1], "buffers": {}, "arguments": [], "outputs": []})");
    const ProgramRun run = run_sptc(directory.path(), "run k.ptx --launch k.json");
    CHECK(run.exit_code != 0);
    CHECK(run.out == "before\n");
    CHECK_THAT(run.err, Contains("k.ptx:16: 'trap'"));
}
