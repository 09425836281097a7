// What --emit-ptx writes is the kernel that was simulated.
#include <catch2/catch.hpp>

#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/launch_run.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;
using types::DataType;

TEST_CASE("gemm: the emitted kernel and launch file take the same cycles") {
    const auto [type, epilogue, slices, values] =
        GENERATE(table<DataType, std::string, std::uint32_t, launch::Values>(
            {{DataType::kF16, "none", 1, launch::Values::kOn},
             {DataType::kF16, "none", 1, launch::Values::kOff},
             {DataType::kF16, "bias+relu", 3, launch::Values::kOn},
             {DataType::kF16, "none", 3, launch::Values::kOff},
             {DataType::kS8, "requant-s8", 2, launch::Values::kOn}}));
    CAPTURE(types::name(type), epilogue, slices, values == launch::Values::kOn);
    const test::TemporaryDirectory directory;
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.m = 100;
    request.n = 72;
    request.k = 500;
    request.type = type;
    request.pattern = run::hardware_pattern(type);
    request.with_dense_baseline = false;
    request.epilogue = epilogue;
    request.split_k = slices;
    request.values = values;
    request.sms = gpu::SimulatedSms::kAll;
    request.emit_ptx_directory = directory.path().string();

    const gpu::KernelResult simulated = run::run_gemm(request).kernel.simulation;

    const std::string stem = (directory.path() / simulated.shape.entry).string();
    run::LaunchRequest emitted;
    emitted.gpu = request.gpu;
    emitted.ptx_file = stem + ".ptx";
    emitted.launch_file = stem + ".launch.json";
    emitted.values = values;
    const run::LaunchResult result = run::run_launch(emitted);
    REQUIRE(result.simulations.size() == 1);
    CHECK(result.simulations[0].cycles == simulated.cycles);
    CHECK(result.simulations[0].activity == simulated.activity);
    CHECK(result.simulations[0].issued == simulated.issued);
    CHECK(result.simulations[0].l2_read_bytes == simulated.l2_read_bytes);
    CHECK(result.simulations[0].hbm_read_bytes == simulated.hbm_read_bytes);
}
