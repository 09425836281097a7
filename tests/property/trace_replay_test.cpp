// A replayed trace against the execution that wrote it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "models/base/error.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/trace_run.hpp"
#include "tests/support/same_simulation.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/file/trace_reader.hpp"
#include "traces/launch/launch.hpp"

using namespace sptc;
using test::check_same_simulation;
using test::TemporaryDirectory;

namespace {

run::GemmRequest gemm_request(bool sparse, gpu::SimulatedSms sms, launch::Values values) {
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.m = 300;
    request.n = 1050;
    request.k = 200;
    if (sparse) request.pattern = &sparsity::find_pattern("2:4");
    request.with_dense_baseline = false;
    request.sms = sms;
    request.values = values;
    return request;
}

/// What is awkward in a trace: a CTA with a part of a warp, lanes that go different ways, loops of
/// different lengths, instructions without an active lane, scattered addresses, barriers of some
/// threads, and copies that read less than they write.
constexpr std::string_view kAwkward = R"(.version 8.5
.target sm_80
.address_size 64
.visible .entry awkward(.param .u64 in, .param .u64 out)
{
    .reg .pred %p<8>;
    .reg .b32 %r<32>;
    .reg .b64 %rd<16>;
    .shared .align 16 .b8 smem[4096];
    ld.param.u64 %rd1, [in];
    ld.param.u64 %rd2, [out];
    cvta.to.global.u64 %rd1, %rd1;
    cvta.to.global.u64 %rd2, %rd2;
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, %ctaid.x;
    mul.lo.u32 %r3, %r1, 2654435761;
    shr.u32 %r3, %r3, 20;
    mul.wide.u32 %rd3, %r3, 4;
    add.u64 %rd3, %rd1, %rd3;
    ld.global.u32 %r4, [%rd3];
    and.b32 %r5, %r1, 3;
    add.u32 %r5, %r5, %r2;
    mov.u32 %r6, 0;
    mov.u32 %r12, smem;
    shl.b32 %r13, %r1, 4;
    add.u32 %r12, %r12, %r13;
    mul.wide.u32 %rd6, %r1, 16;
    add.u64 %rd6, %rd1, %rd6;
loop:
    add.u32 %r6, %r6, 1;
    setp.gt.u32 %p1, %r6, %r5;
    @%p1 bra odd;
    setp.eq.u32 %p2, %r6, 2;
    @%p2 st.shared.u32 [%r12], %r6;
    setp.eq.u32 %p3, %r6, 1000;
    @%p3 st.shared.u32 [%r12+4], %r6;
    bra loop;
odd:
    and.b32 %r7, %r1, 1;
    setp.eq.u32 %p4, %r7, 0;
    @%p4 bra even;
    ld.shared.v2.u32 {%r8, %r9}, [%r12];
    add.u32 %r4, %r4, %r8;
even:
    shl.b32 %r10, %r7, 3;
    cp.async.ca.shared.global [%r12], [%rd6], 16, %r10;
    @%p4 cp.async.cg.shared.global [%r12], [%rd6+4096], 16;
    @%p3 cp.async.cg.shared.global [%r12], [%rd6+4096], 16;
    cp.async.commit_group;
    setp.lt.u32 %p5, %r1, 64;
    @!%p5 bra last;
    bar.sync 1, 64;
last:
    cp.async.wait_group 0;
    bar.sync 0;
    ld.shared.u32 %r11, [%r12+8];
    xor.b32 %r4, %r4, %r11;
    mad.lo.u32 %r14, %r2, 80, %r1;
    mul.wide.u32 %rd7, %r14, 4;
    add.u64 %rd7, %rd2, %rd7;
    st.global.u32 [%rd7], %r4;
    @%p4 exit;
    st.global.u8 [%rd7+1], %r11;
    ret;
}
)";

constexpr std::string_view kAwkwardLaunch = R"({"schema": "sptc.launch/1", "entry": "awkward",
"grid": [7], "block": [80],
"buffers": {"in": {"bytes": 16384, "type": "u8", "random": {"seed": 1, "distribution": "uniform"}},
            "out": {"bytes": 2240}},
"arguments": [{"buffer": "in"}, {"buffer": "out"}], "outputs": ["out"]})";

/// Everything by which warps and CTAs meet: shuffle, vote, match, redux, atomics, named barriers
/// with arrivals and results, fences, sleeps, an mbarrier that copies arrive at, and a spin loop
/// over it.
constexpr std::string_view kMeeting = R"(.version 8.5
.target sm_80
.address_size 64
.visible .entry meeting(.param .u64 in, .param .u64 out)
{
    .reg .pred %p<8>;
    .reg .b32 %r<32>;
    .reg .b64 %rd<16>;
    .shared .align 16 .b8 smem[2048];
    .shared .align 8 .b64 bar;
    .shared .align 4 .b32 count;
    ld.param.u64 %rd1, [in];
    ld.param.u64 %rd2, [out];
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, bar;
    mov.u32 %r3, smem;
    shl.b32 %r4, %r1, 4;
    add.u32 %r3, %r3, %r4;
    mul.wide.u32 %rd3, %r1, 16;
    add.u64 %rd3, %rd1, %rd3;
    setp.eq.u32 %p1, %r1, 0;
    @%p1 mbarrier.init.shared.b64 [%r2], 96;
    bar.sync 0;
    cp.async.ca.shared.global [%r3], [%rd3], 16;
    cp.async.mbarrier.arrive.noinc.shared.b64 [%r2];
spin:
    mbarrier.test_wait.parity.shared.b64 %p2, [%r2], 0;
    @!%p2 nanosleep.u32 40;
    @!%p2 bra spin;
    ld.shared.u32 %r5, [%r3];
    and.b32 %r6, %r5, 7;
    shfl.sync.bfly.b32 %r7|%p3, %r6, 5, 31, 0xffffffff;
    vote.sync.ballot.b32 %r8, %p3, 0xffffffff;
    match.any.sync.b32 %r9, %r6, 0xffffffff;
    redux.sync.add.u32 %r10, %r7, 0xffffffff;
    add.u32 %r7, %r7, %r8;
    add.u32 %r7, %r7, %r9;
    add.u32 %r7, %r7, %r10;
    mov.u32 %r11, count;
    atom.shared.add.u32 %r12, [%r11], %r6;
    mul.wide.u32 %rd4, %r6, 4;
    add.u64 %rd4, %rd2, %rd4;
    atom.global.add.u32 %r13, [%rd4], %r7;
    red.global.max.u32 [%rd4+64], %r13;
    membar.gl;
    setp.ge.u32 %p4, %r1, 64;
    @%p4 bar.arrive 2, 96;
    @!%p4 bar.sync 2, 96;
    setp.gt.u32 %p5, %r12, 3;
    bar.red.popc.u32 %r14, 0, %p5;
    atom.global.exch.b32 %r15, [%rd4+128], %r14;
    ret;
}
)";

constexpr std::string_view kMeetingLaunch = R"({"schema": "sptc.launch/1", "entry": "meeting",
"grid": [11], "block": [96],
"buffers": {"in": {"bytes": 1536, "type": "u8", "random": {"seed": 1, "distribution": "uniform"}},
            "out": {"bytes": 192}},
"arguments": [{"buffer": "in"}, {"buffer": "out"}], "outputs": ["out"]})";

/// Loads by generic addresses of global, shared and local memory, some lanes each, in a loop.
constexpr std::string_view kGeneric = R"(.version 8.5
.target sm_80
.address_size 64
.visible .entry generic(.param .u64 in, .param .u64 out)
{
    .reg .pred %p<4>;
    .reg .b32 %r<8>;
    .reg .b64 %rd<12>;
    .shared .align 4 .b8 smem[256];
    .local .align 4 .b8 frame[16];
    ld.param.u64 %rd1, [in];
    ld.param.u64 %rd2, [out];
    mov.u32 %r1, %tid.x;
    mul.wide.u32 %rd3, %r1, 4;
    add.u64 %rd4, %rd1, %rd3;
    mov.u64 %rd5, smem;
    cvta.shared.u64 %rd5, %rd5;
    add.u64 %rd5, %rd5, %rd3;
    mov.u64 %rd6, frame;
    cvta.local.u64 %rd6, %rd6;
    st.u32 [%rd5], %r1;
    st.u32 [%rd6], %r1;
    mov.u32 %r2, 0;
    mov.u32 %r3, 0;
loop:
    setp.eq.u32 %p1, %r2, 0;
    selp.b64 %rd7, %rd4, %rd5, %p1;
    setp.eq.u32 %p2, %r2, 2;
    selp.b64 %rd7, %rd6, %rd7, %p2;
    setp.eq.u32 %p3, %r1, %r2;
    selp.b64 %rd7, %rd5, %rd7, %p3;
    ld.u32 %r4, [%rd7];
    add.u32 %r3, %r3, %r4;
    add.u32 %r2, %r2, 1;
    setp.lt.u32 %p1, %r2, 4;
    @%p1 bra loop;
    add.u64 %rd8, %rd2, %rd3;
    st.u32 [%rd8], %r3;
    ret;
}
)";

constexpr std::string_view kGenericLaunch = R"({"schema": "sptc.launch/1", "entry": "generic",
"grid": [3], "block": [64],
"buffers": {"in": {"bytes": 256, "type": "u8", "random": {"seed": 1, "distribution": "uniform"}},
            "out": {"bytes": 256}},
"arguments": [{"buffer": "in"}, {"buffer": "out"}], "outputs": ["out"]})";

void check_launch(const std::string& ptx, const std::string& launch, launch::Values values) {
    const TemporaryDirectory directory;
    const std::string trace = (directory.path() / "k.trace").string();
    CAPTURE(ptx, launch);
    run::LaunchRequest request;
    request.gpu = run::load_gpu("a100");
    request.ptx_file = ptx;
    request.launch_file = launch;
    request.values = values;
    const run::LaunchResult plain = run::run_launch(request);
    request.trace_file = trace;
    const run::LaunchResult saving = run::run_launch(request);
    run::ReplayRequest replay;
    replay.trace_file = trace;
    const run::LaunchResult replayed = run::run_replay(replay);
    check_same_simulation(plain.simulations.front(), saving.simulations.front());
    check_same_simulation(plain.simulations.front(), replayed.simulations.front());
    CHECK(test::comparable(plain.gpu, plain.simulations.front()) ==
          test::comparable(replayed.gpu, replayed.simulations.front()));
}

/// The PTX of a launch file: NAME.launch.json has NAME.ptx, NAME/launch.json has NAME/NAME.ptx.
std::string kernel_of(const std::filesystem::path& launch) {
    const std::filesystem::path folder = launch.parent_path();
    if (launch.filename() == "launch.json") return folder / (folder.filename().string() + ".ptx");
    return folder / (launch.stem().stem().string() + ".ptx");
}

}  // namespace

TEST_CASE("replay: a GEMM takes the cycles, stalls and bytes of its execution") {
    const bool sparse = GENERATE(true, false);
    const auto sms = GENERATE(gpu::SimulatedSms::kAll, gpu::SimulatedSms::kRepresentative);
    const auto values = GENERATE(launch::Values::kOff, launch::Values::kOn);
    CAPTURE(sparse, static_cast<int>(sms), static_cast<int>(values));
    const TemporaryDirectory directory;
    run::GemmRequest request = gemm_request(sparse, sms, values);
    request.trace_file = (directory.path() / "gemm.trace").string();
    const run::GemmResult executed = run::run_gemm(request);
    run::ReplayRequest replay;
    replay.trace_file = request.trace_file;
    const run::LaunchResult replayed = run::run_replay(replay);
    check_same_simulation(executed.kernel.simulation, replayed.simulations.front());
    CHECK(test::comparable(executed.gpu, executed.kernel.simulation) ==
          test::comparable(replayed.gpu, replayed.simulations.front()));
}

TEST_CASE("replay: a whole trace stands for its kernel on another GPU and in the other mode") {
    const TemporaryDirectory directory;
    run::GemmRequest request = gemm_request(true, gpu::SimulatedSms::kAll, launch::Values::kOff);
    request.trace_file = (directory.path() / "gemm.trace").string();
    (void)run::run_gemm(request);
    run::ReplayRequest replay;
    replay.trace_file = request.trace_file;
    replay.sms = gpu::SimulatedSms::kRepresentative;
    request.sms = gpu::SimulatedSms::kRepresentative;
    request.trace_file.clear();
    check_same_simulation(run::run_gemm(request).kernel.simulation,
                          run::run_replay(replay).simulations.front());

    std::string small = base::read_text("configs/gpu/a100-sxm4-40gb.json");
    const std::string sms = R"("sms": {"value": 108)";
    REQUIRE(small.find(sms) != std::string::npos);
    small.replace(small.find(sms), sms.size(), R"("sms": {"value": 5)");
    const std::string gpu = directory.write("small.json", small);
    request.emit_ptx_directory = (directory.path() / "k").string();
    const std::string stem =
        request.emit_ptx_directory + "/" + run::run_gemm(request).kernel.simulation.shape.entry;
    run::LaunchRequest launch;
    launch.gpu = run::load_gpu("a100");
    launch.ptx_file = stem + ".ptx";
    launch.launch_file = stem + ".launch.json";
    launch.values = launch::Values::kOff;
    launch.trace_file = replay.trace_file;
    (void)run::run_launch(launch);
    launch.trace_file.clear();
    launch.gpu = run::load_gpu(gpu);
    replay.gpu = gpu;
    replay.sms.reset();
    check_same_simulation(run::run_launch(launch).simulations.front(),
                          run::run_replay(replay).simulations.front());
}

TEST_CASE("replay: a representative trace refuses what it does not hold") {
    const TemporaryDirectory directory;
    run::GemmRequest request =
        gemm_request(true, gpu::SimulatedSms::kRepresentative, launch::Values::kOff);
    request.trace_file = (directory.path() / "gemm.trace").string();
    (void)run::run_gemm(request);
    run::ReplayRequest replay;
    replay.trace_file = request.trace_file;
    replay.sms = gpu::SimulatedSms::kAll;
    CHECK_THROWS_WITH(run::run_replay(replay), Catch::Contains("record it with --sms all"));
}

TEST_CASE("replay: divergent and predicated-off instructions take what their execution took") {
    const TemporaryDirectory directory;
    check_launch(directory.write("k.ptx", kAwkward), directory.write("k.json", kAwkwardLaunch),
                 launch::Values::kOn);
}

TEST_CASE("replay: warps that meet take what their execution took") {
    const TemporaryDirectory directory;
    check_launch(directory.write("k.ptx", kMeeting), directory.write("k.json", kMeetingLaunch),
                 launch::Values::kOn);
}

TEST_CASE("replay: generic accesses take what they took in the space that they met") {
    const TemporaryDirectory directory;
    check_launch(directory.write("k.ptx", kGeneric), directory.write("k.json", kGenericLaunch),
                 launch::Values::kOn);
}

TEST_CASE("replay: every kernel of tests/kernels takes what its execution took") {
    std::vector<std::string> launches;
    for (const auto& entry : std::filesystem::recursive_directory_iterator("tests/kernels")) {
        if (entry.path().string().ends_with("launch.json")) launches.push_back(entry.path());
    }
    std::sort(launches.begin(), launches.end());
    REQUIRE(launches.size() >= 10);
    for (const std::string& launch : launches) {
        if (!launch::read_launch(launch).next.empty()) continue;  // a trace holds one kernel
        check_launch(kernel_of(launch), launch, launch::Values::kOn);
    }
}

TEST_CASE("trace: the same kernel on fewer SMs writes the same records in another order of CTAs") {
    const TemporaryDirectory directory;
    const std::string ptx = directory.write("k.ptx", kAwkward);
    const std::string launch = directory.write("k.json", kAwkwardLaunch);
    std::vector<std::vector<std::byte>> files;
    for (const std::uint32_t sms : {1u, 3u, 108u}) {
        run::LaunchRequest request;
        request.gpu = run::load_gpu("a100");
        request.gpu.sms = sms;
        request.ptx_file = ptx;
        request.launch_file = launch;
        request.trace_file = (directory.path() / "k.trace").string();
        (void)run::run_launch(request);
        const trace_file::TraceReader trace(request.trace_file);
        // The header names the GPU; everything behind it must be the same.
        const auto bytes = base::read_bytes(request.trace_file);
        const auto first = static_cast<std::ptrdiff_t>(trace.index().blocks.front().offset);
        const auto& last = trace.index().blocks.back();
        files.emplace_back(
            bytes.begin() + first,
            bytes.begin() + static_cast<std::ptrdiff_t>(last.offset) + last.stored_bytes);
    }
    CHECK(files[0] == files[1]);
    CHECK(files[0] == files[2]);
}
