// Where the time goes: counts by PTX line add up to the counts of the whole, and stand at the line
// that a reader would blame.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "models/base/file.hpp"
#include "sim/report/profile_report.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/launch_run.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;

namespace {

void check_sums(const gpu::KernelResult& kernel) {
    REQUIRE(kernel.profile);
    sm::LineCounts sum = kernel.profile->without_line();
    for (const sm::LineCounts& line : kernel.profile->lines()) sum.add(line);
    CHECK(sum.issues == kernel.warp_instructions);
    CHECK(sum.cycles == kernel.activity);
    constexpr std::uint64_t kWavefrontBytes = 128;
    CHECK(sum.shared_wavefronts * kWavefrontBytes ==
          kernel.shared_read_bytes + kernel.shared_write_bytes + kernel.shared_fill_bytes);
}

gpu::KernelResult profiled_gemm(gpu::SimulatedSms sms, sm::IdleSkip idle_skip) {
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.m = 256;
    request.n = 384;
    request.k = 256;
    request.pattern = &sparsity::find_pattern("2:4");
    request.with_dense_baseline = false;
    request.sms = sms;
    request.options.profile = true;
    request.options.idle_skip = idle_skip;
    return run::run_gemm(request).kernel.simulation;
}

gpu::KernelResult run_kernel(const std::string& body, std::uint32_t threads) {
    const test::TemporaryDirectory directory;
    const auto ptx = directory.path() / "k.ptx";
    const auto launch = directory.path() / "k.json";
    base::write_text(
        ptx,
        ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k()\n{\n" + body + "}\n");
    base::write_text(launch,
                     R"({"schema": "sptc.launch/1", "entry": "k", "grid": [1, 1, 1],
        "block": [)" + std::to_string(threads) +
                         R"(, 1, 1], "dynamic_shared_bytes": 0, "arguments": [], "buffers": {},
        "outputs": []})");
    run::LaunchRequest request;
    request.gpu = run::load_gpu("a100");
    request.ptx_file = ptx.string();
    request.launch_file = launch.string();
    request.options.profile = true;
    return run::run_launch(request).simulations.at(0);
}

std::uint64_t cycles(const sm::LineCounts& counts, sm::Activity activity) {
    return counts.cycles[static_cast<std::size_t>(activity)];
}

}  // namespace

TEST_CASE("profile: the counts of all lines are those of the kernel") {
    const auto sms = GENERATE(gpu::SimulatedSms::kAll, gpu::SimulatedSms::kRepresentative);
    check_sums(profiled_gemm(sms, sm::IdleSkip::kOn));
}

TEST_CASE("profile: skipping idle cycles moves no cycle from line to line") {
    const gpu::KernelResult skipping =
        profiled_gemm(gpu::SimulatedSms::kRepresentative, sm::IdleSkip::kOn);
    const gpu::KernelResult stepping =
        profiled_gemm(gpu::SimulatedSms::kRepresentative, sm::IdleSkip::kOff);
    const bool same =
        report::profile_json(skipping, "").dump() == report::profile_json(stepping, "").dump();
    CHECK(same);
}

TEST_CASE("profile: waiting at a barrier belongs to the barrier's line") {
    // Warp 1 arrives late: warp 0 waits at line 9.
    const gpu::KernelResult kernel = run_kernel(
        ".reg .pred %p;\n"             // 6
        ".reg .u32 %t, %i;\n"          // 7
        "mov.u32 %t, %tid.x;\n"        // 8
        "setp.lt.u32 %p, %t, 32;\n"    // 9
        "mov.u32 %i, 0;\n"             // 10
        "@%p bra ready;\n"             // 11
        "again: add.u32 %i, %i, 1;\n"  // 12
        "setp.lt.u32 %p, %i, 100;\n"   // 13
        "@%p bra again;\n"             // 14
        "ready: bar.sync 0;\n"         // 15
        "exit;\n",                     // 16
        64);
    check_sums(kernel);
    const std::vector<sm::LineCounts>& lines = kernel.profile->lines();
    REQUIRE(lines.size() == 17);
    CHECK(cycles(lines[15], sm::Activity::kBarrier) > 500);
    CHECK(cycles(lines[16], sm::Activity::kBarrier) == 0);
    CHECK(lines[12].issues == 100);
    CHECK(lines[15].issues == 2);
    CHECK(cycles(lines[14], sm::Activity::kControl) > 100);
}

TEST_CASE("profile: bank conflicts stand at the line that has them") {
    const gpu::KernelResult kernel = run_kernel(
        ".shared .align 16 .b8 s[4096];\n"  // 6
        ".reg .u32 %t, %a, %v;\n"           // 7
        "mov.u32 %t, %tid.x;\n"             // 8
        "mov.u32 %a, s;\n"                  // 9
        "mad.lo.u32 %a, %t, 128, %a;\n"     // 10
        "st.shared.u32 [%a], %t;\n"         // 11
        "mov.u32 %a, s;\n"                  // 12
        "mad.lo.u32 %a, %t, 4, %a;\n"       // 13
        "st.shared.u32 [%a], %t;\n",        // 14
        32);
    check_sums(kernel);
    const std::vector<sm::LineCounts>& lines = kernel.profile->lines();
    CHECK(lines.at(11).shared_wavefronts == 32);
    CHECK(lines.at(11).bank_conflicts == 31);
    CHECK(lines.at(14).shared_wavefronts == 1);
    CHECK(lines.at(14).bank_conflicts == 0);
}
