// Whole GEMMs through PTX, SystemC modules and memory system.
#include <catch2/catch.hpp>

#include "sim/report/gemm_report.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"

using namespace sptc;
using launch::Values;

namespace {

run::GemmRequest request(std::uint32_t m, std::uint32_t n, std::uint32_t k) {
    run::GemmRequest r;
    r.gpu = run::load_gpu("a100");
    r.m = m;
    r.n = n;
    r.k = k;
    r.pattern = &sparsity::find_pattern("2:4");
    r.with_dense_baseline = false;
    return r;
}

run::GemmRequest checked(std::uint32_t m, std::uint32_t n, std::uint32_t k) {
    run::GemmRequest r = request(m, n, k);
    r.values = Values::kOn;
    r.check = true;
    r.sms = gpu::SimulatedSms::kAll;
    return r;
}

/// The JSON report without host{}, which ends it.
std::string comparable(const run::GemmResult& result) {
    const std::string json = report::gemm_json(result, "test");
    return json.substr(0, json.find("\"host\""));
}

void check_same_timing(const gpu::KernelResult& a, const gpu::KernelResult& b) {
    CHECK(a.cycles == b.cycles);
    CHECK(a.activity == b.activity);
    CHECK(a.issued == b.issued);
    CHECK(a.shared_read_bytes == b.shared_read_bytes);
    CHECK(a.l2_read_bytes == b.l2_read_bytes);
    CHECK(a.hbm_read_bytes == b.hbm_read_bytes);
}

}  // namespace

TEST_CASE("gemm: D equals the reference bit for bit, ragged shapes included") {
    const auto [m, n, k] = GENERATE(table<std::uint32_t, std::uint32_t, std::uint32_t>(
        {{33, 17, 65}, {128, 128, 128}, {257, 129, 515}, {1, 1, 1}, {5, 200, 40}}));
    const auto accumulator = GENERATE(types::DataType::kF32, types::DataType::kF16);
    const bool sparse = GENERATE(true, false);
    CAPTURE(m, n, k, types::name(accumulator), sparse);
    run::GemmRequest r = checked(m, n, k);
    r.accumulator = accumulator;
    if (!sparse) r.pattern = nullptr;
    const run::GemmResult result = run::run_gemm(r);
    REQUIRE(result.check);
    CHECK(result.check->elements == std::uint64_t{m} * n);
    CHECK(result.check->mismatches == 0);
    CHECK(result.kernel.simulation.simulated_ctas == result.kernel.simulation.ctas);
}

TEST_CASE("gemm: 1024^3 equals the reference bit for bit", "[.slow]") {
    const run::GemmResult result = run::run_gemm(checked(1024, 1024, 1024));
    CHECK(result.check->mismatches == 0);
}

TEST_CASE("gemm: two swapped mux inputs on one lane make the check fail") {
    run::GemmRequest r = checked(64, 64, 64);
    r.gpu.sm.tensor_core.swapped_mux_inputs = {
        {.row = 3, .slot = 2, .first_input = 0, .second_input = 1}};
    CHECK(run::run_gemm(r).check->mismatches > 0);
    r.pattern = nullptr;  // a dense mma does not use the mux
    CHECK(run::run_gemm(r).check->mismatches == 0);
}

TEST_CASE("gemm: the per-pass tensor core gives the same bits and cycles") {
    run::GemmRequest r = checked(70, 40, 96);
    const run::GemmResult whole = run::run_gemm(r);
    r.gpu.sm.tensor_core.values_mode = tensor_core::ValuesMode::kPerPass;
    const run::GemmResult passes = run::run_gemm(r);
    CHECK(passes.check->mismatches == 0);
    check_same_timing(whole.kernel.simulation, passes.kernel.simulation);
}

TEST_CASE("gemm: half the B feed slows sparse kernels down and leaves dense ones alone") {
    const auto cycles = [](bool sparse, int b_bits) {
        run::GemmRequest r = request(2048, 2048, 1024);  // large enough to be bound by the feed
        if (!sparse) r.pattern = nullptr;
        r.gpu.sm.tensor_core.b_bits_per_cycle = b_bits;
        return static_cast<double>(run::run_gemm(r).kernel.simulation.cycles);
    };
    CHECK(cycles(true, 256) > 1.25 * cycles(true, 512));
    CHECK(cycles(false, 256) == cycles(false, 512));
}

TEST_CASE("gemm: values on and off take the same cycles") {
    const auto [m, n, k] = GENERATE(
        table<std::uint32_t, std::uint32_t, std::uint32_t>({{257, 129, 515}, {256, 256, 256}}));
    const bool sparse = GENERATE(true, false);
    run::GemmRequest r = request(m, n, k);
    if (!sparse) r.pattern = nullptr;
    r.sms = gpu::SimulatedSms::kAll;
    const run::GemmResult off = run::run_gemm(r);
    r.values = Values::kOn;
    const run::GemmResult on = run::run_gemm(r);
    check_same_timing(on.kernel.simulation, off.kernel.simulation);
}

TEST_CASE("gemm: idle skip changes nothing") {
    const auto sms = GENERATE(gpu::SimulatedSms::kAll, gpu::SimulatedSms::kRepresentative);
    run::GemmRequest r = request(300, 260, 200);
    r.gpu.sms = 4;
    r.sms = sms;
    const run::GemmResult skip = run::run_gemm(r);
    r.options.idle_skip = sm::IdleSkip::kOff;
    const run::GemmResult every_cycle = run::run_gemm(r);
    check_same_timing(skip.kernel.simulation, every_cycle.kernel.simulation);
}

TEST_CASE("gemm: the same request gives the same bytes outside host{}") {
    run::GemmRequest r = checked(100, 90, 80);
    r.with_dense_baseline = true;
    CHECK(comparable(run::run_gemm(r)) == comparable(run::run_gemm(r)));
    r.seed = 2;
    const run::GemmResult other = run::run_gemm(r);
    CHECK(other.check->mismatches == 0);
}

TEST_CASE("gemm: one representative SM gives the cycles of all within 3 %") {
    // Fewer CTAs than SMs, several waves with a tail, and more than one CTA per SM.
    const auto [m, n, k, gpu_sms] = GENERATE(
        table<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>({{1024, 1024, 512, 108},
                                                                           {1024, 768, 512, 10},
                                                                           {2048, 1024, 256, 7},
                                                                           {1000, 900, 300, 12}}));
    const bool sparse = GENERATE(true, false);
    CAPTURE(m, n, k, gpu_sms, sparse);
    run::GemmRequest r = request(m, n, k);
    r.gpu.sms = gpu_sms;
    if (!sparse) r.pattern = nullptr;
    r.sms = gpu::SimulatedSms::kAll;
    const auto all = static_cast<double>(run::run_gemm(r).kernel.simulation.cycles);
    r.sms = gpu::SimulatedSms::kRepresentative;
    const auto one = static_cast<double>(run::run_gemm(r).kernel.simulation.cycles);
    CHECK(one == Approx(all).epsilon(0.03));
}

TEST_CASE("gemm: every sub-core cycle is in exactly one bucket and no unit exceeds its peak") {
    const run::GemmResult result = run::run_gemm(request(512, 512, 512));
    const gpu::KernelResult& kernel = result.kernel.simulation;
    std::uint64_t sum = 0;
    for (const std::uint64_t cycles : kernel.activity) sum += cycles;
    CHECK(sum == 4 * kernel.sm_cycles);
    CHECK(kernel.executed_macs <= 4 * 256 * kernel.sm_cycles);
    CHECK(kernel.b_values_fetched <= 4 * 32 * kernel.sm_cycles);
    CHECK(kernel.shared_read_bytes + kernel.shared_write_bytes + kernel.shared_fill_bytes <=
          128 * kernel.sm_cycles);
}

TEST_CASE("gemm: contradictory requests are refused with the remedy") {
    run::GemmRequest r = request(64, 64, 64);
    r.check = true;
    CHECK_THROWS_WITH(run::run_gemm(r), Catch::Contains("--values on"));
    r.values = Values::kOn;
    CHECK_THROWS_WITH(run::run_gemm(r), Catch::Contains("representative"));
    r = request(64, 64, 64);
    r.pattern = &sparsity::find_pattern("1:4");
    CHECK_THROWS_WITH(run::run_gemm(r), Catch::Contains("1:4") && Catch::Contains("2:4"));
    r = request(64, 64, 64);
    r.k.reset();
    CHECK_THROWS_WITH(run::run_gemm(r), Catch::Contains("--k"));
}
