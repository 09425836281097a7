// Lowering changes cycles and registers, never values.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "models/base/file.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/launch_run.hpp"
#include "tests/support/gemm_kinds.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/lowering/lowering.hpp"

using namespace sptc;
using launch::Values;
using lowering::Lowering;

namespace {

run::GemmRequest request(std::uint32_t m, std::uint32_t n, std::uint32_t k, bool sparse) {
    run::GemmRequest r;
    r.gpu = run::load_gpu("a100");
    r.m = m;
    r.n = n;
    r.k = k;
    if (sparse) r.pattern = &sparsity::find_pattern("2:4");
    r.with_dense_baseline = false;
    r.sms = gpu::SimulatedSms::kAll;
    r.lowering = Lowering::kOn;
    return r;
}

}  // namespace

TEST_CASE("lowering: generated GEMMs equal the reference, and cycles need no values") {
    const bool sparse = GENERATE(true, false);
    const auto accumulator = GENERATE(types::DataType::kF32, types::DataType::kF16);
    CAPTURE(sparse, types::name(accumulator));
    run::GemmRequest r = request(129, 65, 200, sparse);
    r.accumulator = accumulator;
    r.values = Values::kOn;
    r.check = true;
    const run::GemmResult on = run::run_gemm(r);
    REQUIRE(on.check);
    CHECK(on.check->mismatches == 0);
    r.values = Values::kOff;
    r.check = false;
    const run::GemmResult off = run::run_gemm(r);
    CHECK(off.kernel.simulation.cycles == on.kernel.simulation.cycles);
    CHECK(off.kernel.simulation.issued == on.kernel.simulation.issued);
    CHECK(run::run_gemm(r).kernel.simulation.cycles == on.kernel.simulation.cycles);
}

TEST_CASE("lowering: one representative SM sends the traffic of the other ones too") {
    run::GemmRequest r = request(1024, 1024, 256, true);
    const auto all = run::run_gemm(r).kernel.simulation;
    r.sms = gpu::SimulatedSms::kRepresentative;
    const auto one = run::run_gemm(r).kernel.simulation;
    CHECK(one.l2_read_bytes == all.l2_read_bytes);
    const double ratio = static_cast<double>(one.cycles) / static_cast<double>(all.cycles);
    CHECK(std::abs(ratio - 1) < 0.03);
}

TEST_CASE("lowering: every GEMM kernel gives the reference's bits as written, too") {
    for (const gemm::GemmProblem& problem : test::gemm_kinds(33, 17, 65)) {
        run::GemmRequest r = request(problem.m, problem.n, problem.k, false);
        r.type = problem.input;
        r.b_type = problem.b_input;
        r.accumulator = problem.accumulator;
        r.b_layout = problem.b_layout;
        if (problem.sparse) r.pattern = run::hardware_pattern(problem.input);
        r.values = Values::kOn;
        r.check = true;
        for (const Lowering lowering : {Lowering::kOff, Lowering::kOn}) {
            r.lowering = lowering;
            const run::GemmResult result = run::run_gemm(r);
            INFO(result.kernel.simulation.shape.entry);
            CHECK(result.kernel.simulation.shape.lowered == (lowering == Lowering::kOn));
            CHECK(result.check->mismatches == 0);
        }
    }
}

namespace {

struct Run {
    std::map<std::string, std::vector<std::byte>> outputs;
    std::vector<base::Cycle> cycles;
    bool lowered = true;
    std::string not_lowered;
};

Run run_corpus(const std::filesystem::path& launch, Lowering lowering) {
    const std::string file = launch.string();
    const std::string suffix = "launch.json";
    const bool beside = launch.filename() != suffix;
    const test::TemporaryDirectory directory;
    run::LaunchRequest r;
    r.gpu = run::load_gpu("a100");
    r.ptx_file = beside
                     ? file.substr(0, file.size() - suffix.size()) + "ptx"
                     : (launch.parent_path() / launch.parent_path().filename()).string() + ".ptx";
    r.launch_file = file;
    r.lowering = lowering;
    r.out_directory = directory.path().string();
    const run::LaunchResult result = run::run_launch(r);
    CHECK(!result.mismatched());
    Run done;
    for (const gpu::KernelResult& kernel : result.simulations) {
        done.cycles.push_back(kernel.cycles);
        done.lowered = done.lowered && kernel.shape.lowered;
        if (!kernel.shape.lowered) done.not_lowered = kernel.shape.not_lowered;
    }
    for (const std::string& written : result.written) {
        done.outputs[std::filesystem::path(written).filename()] = base::read_bytes(written);
    }
    return done;
}

}  // namespace

TEST_CASE("lowering: every kernel of tests/kernels writes the same bits with lowering on and off") {
    std::vector<std::filesystem::path> launches;
    for (const auto& entry : std::filesystem::recursive_directory_iterator("tests/kernels")) {
        if (entry.path().string().ends_with("launch.json")) launches.push_back(entry.path());
    }
    std::sort(launches.begin(), launches.end());
    REQUIRE(launches.size() >= 16);
    for (const std::filesystem::path& launch : launches) {
        CAPTURE(launch.string());
        Run off = run_corpus(launch, Lowering::kOff);
        Run on = run_corpus(launch, Lowering::kOn);
        CHECK(run_corpus(launch, Lowering::kOn).cycles == on.cycles);
        CHECK(!off.lowered);
        const std::string name = launch.parent_path().filename();
        const bool calls = name == "functions" || name == "device_library";
        CHECK(on.lowered == !calls);
        CHECK((on.not_lowered.find("functions that are called") != std::string::npos) == calls);
        // Clocks are what lowering changes.
        for (Run* each : {&off, &on}) {
            std::erase_if(each->outputs,
                          [](const auto& output) { return output.first.starts_with("cycles"); });
        }
        REQUIRE(!on.outputs.empty());
        CHECK(on.outputs == off.outputs);
    }
}
