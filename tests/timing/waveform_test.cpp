// The tensor core's waves: a well-formed VCD that shows the passes of the schedule, and changes
// nothing.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "models/base/file.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "tests/support/same_simulation.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/vcd.hpp"

using namespace sptc;

namespace {

constexpr base::Cycle kWhole = 1'000'000;

run::GemmRequest request_of(bool sparse, launch::Values values = launch::Values::kOff) {
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.m = 128;
    request.n = 128;
    request.k = 128;
    request.pattern = sparse ? &sparsity::find_pattern("2:4") : nullptr;
    request.with_dense_baseline = false;
    request.values = values;
    request.sms = values == launch::Values::kOn ? gpu::SimulatedSms::kAll
                                                : gpu::SimulatedSms::kRepresentative;
    return request;
}

struct Waves {
    gpu::KernelResult simulation;
    std::string text;
};

Waves waves_of(run::GemmRequest request, std::optional<base::Cycle> first, base::Cycle cycles) {
    const test::TemporaryDirectory directory;
    const std::string file = (directory.path() / "waves.vcd").string();
    request.options.waveform = gpu::WaveformRequest{file, first, cycles, 0};
    Waves waves;
    waves.simulation = run::run_gemm(request).kernel.simulation;
    waves.text = base::read_text(file);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
        (void)entry;
        ++files;
    }
    CHECK(files == 1);  // nothing is left of what SystemC wrote
    return waves;
}

const std::string& value(const test::Vcd::Step& step, const std::string& name) {
    return step.values.at("SystemC.sm0.sub_core0.tensor_core." + name);
}

std::uint64_t number(const test::Vcd::Step& step, const std::string& name) {
    return std::stoull(value(step, name), nullptr, 2);
}

}  // namespace

TEST_CASE("waveform: an instruction shows the passes of its schedule, cycle by cycle") {
    // m16n8k32 sparse and m16n8k16 dense, f16: two groups of 8 products x 4 pairs of columns of
    // 16 rows, 256 multipliers; 8 passes (docs/architecture.md). A sparse slice needs twice the B.
    const bool sparse = GENERATE(true, false);
    const Waves waves = waves_of(request_of(sparse), std::nullopt, kWhole);
    const test::Vcd vcd(waves.text);
    constexpr std::uint64_t kPasses = 8, kLanes = 256, kColumns = 2;
    std::uint64_t busy = 0, instructions = 0, b_values = 0, expected_pass = 0, last_cycle = 0;
    for (const test::Vcd::Step& step : vcd.steps()) {
        if (value(step, "busy") != "1") continue;
        const std::uint64_t cycle = number(step, "cycle");
        REQUIRE((busy == 0 || cycle > last_cycle));
        if (expected_pass != 0) REQUIRE(cycle == last_cycle + 1);
        last_cycle = cycle;
        ++busy;
        b_values += number(step, "operand_selector.b_values");
        REQUIRE(value(step, "sparse") == (sparse ? "1" : "0"));
        REQUIRE(number(step, "pass") == expected_pass);
        REQUIRE(number(step, "group") == expected_pass / 4);
        REQUIRE(number(step, "first_column") == expected_pass % 4 * kColumns);
        REQUIRE(number(step, "columns") == kColumns);
        REQUIRE(number(step, "dot_product_unit.lanes_active") == kLanes);
        REQUIRE(number(step, "operand_selector.b_values") == kColumns * (sparse ? 16 : 8));
        REQUIRE(value(step, "done") == (expected_pass + 1 == kPasses ? "1" : "0"));
        if (expected_pass == 0) ++instructions;
        REQUIRE(number(step, "instruction") == instructions);
        expected_pass = (expected_pass + 1) % kPasses;
    }
    // Warp w of the SM runs in sub-core w modulo 4, and each warp has the same work: of w warps
    // (w + 3) / 4 in sub-core 0, so that a CTA of two warps leaves two tensor cores alone.
    const gpu::KernelResult& all = waves.simulation;
    REQUIRE(all.simulated_ctas == 1);
    const std::uint64_t warps = all.shape.warps_per_cta();
    const std::uint64_t warps_here = (warps + 3) / 4;
    CHECK(warps * busy == warps_here * all.tensor_busy_cycles);
    CHECK(warps * b_values == warps_here * all.b_values_fetched);
    CHECK(warps * instructions == warps_here * all.mmas.at(0).count);
    CHECK(value(vcd.steps().back(), "busy") == "0");
}

TEST_CASE("waveform: selects are what the metadata codes say, and unknown without values") {
    const Waves unknown = waves_of(request_of(true), std::nullopt, kWhole);
    const test::Vcd unknown_vcd(unknown.text);
    for (const test::Vcd::Step& step : unknown_vcd.steps()) {
        REQUIRE(value(step, "metadata_decoder.row0_codes").find_first_of("01") ==
                std::string::npos);
    }
    const Waves known = waves_of(request_of(true, launch::Values::kOn), std::nullopt, kWhole);
    std::uint64_t compared = 0;
    const test::Vcd known_vcd(known.text);
    for (const test::Vcd::Step& step : known_vcd.steps()) {
        if (value(step, "busy") != "1") continue;
        // 2:4 of 16-bit elements: a code is two indices of two bits; a group has 8 slots.
        const std::uint64_t codes = number(step, "metadata_decoder.row0_codes");
        const std::uint64_t selects = number(step, "metadata_decoder.row0_selects");
        for (std::uint64_t slot = 0; slot < 8; ++slot) {
            const std::uint64_t index = codes >> 2 * (8 * number(step, "group") + slot) & 3;
            REQUIRE((selects >> 8 * slot & 0xff) == index);
        }
        REQUIRE(codes != 0);
        ++compared;
    }
    CHECK(compared > 100);
}

TEST_CASE("waveform: a flexible pattern selects within its groups, and shows no 2:4 codes") {
    run::GemmRequest request = request_of(true, launch::Values::kOn);
    request.gpu = run::load_gpu("a100-flexible-nm");
    request.pattern = &sparsity::find_pattern("1:8");
    const Waves waves = waves_of(request, std::nullopt, 200);
    const test::Vcd vcd(waves.text);
    std::uint64_t largest = 0, compared = 0;
    for (const test::Vcd::Step& step : vcd.steps()) {
        const std::string& selects = value(step, "metadata_decoder.row0_selects");
        if (value(step, "busy") != "1" || selects.find_first_of("xX") != std::string::npos)
            continue;
        CHECK(value(step, "metadata_decoder.row0_codes").find_first_of("01") == std::string::npos);
        for (std::uint64_t rest = number(step, "metadata_decoder.row0_selects"); rest != 0;
             rest >>= 8) {
            largest = std::max(largest, rest & 0xff);
        }
        ++compared;
    }
    CHECK(compared > 10);
    CHECK(largest > 3);
    CHECK(largest < 8);
    CHECK_THAT(waves.text, Catch::Contains("sptc::n1m8"));
}

TEST_CASE("waveform: several threads are one, which says why") {
    run::GemmRequest request = request_of(true);
    request.sms = gpu::SimulatedSms::kAll;
    const Waves one = waves_of(request, std::nullopt, kWhole);
    request.options.threads = 2;
    const Waves two = waves_of(request, std::nullopt, kWhole);
    const bool same = one.text == two.text;
    CHECK(same);
    CHECK_THAT(two.simulation.one_thread_because, Catch::Contains("signals"));
}

TEST_CASE("waveform: watching changes no result") {
    const bool sparse = GENERATE(true, false);
    const Waves waves = waves_of(request_of(sparse), std::nullopt, kWhole);
    const gpu::KernelResult unwatched = run::run_gemm(request_of(sparse)).kernel.simulation;
    test::check_same_simulation(waves.simulation, unwatched);
    CHECK(waves.simulation.tensor_busy_cycles == unwatched.tensor_busy_cycles);
}

TEST_CASE("waveform: a window holds its cycles only, and the same run gives the same bytes") {
    const Waves all = waves_of(request_of(true), std::nullopt, kWhole);
    std::uint64_t first = 0;
    const test::Vcd all_vcd(all.text);
    for (const test::Vcd::Step& step : all_vcd.steps()) {
        if (first == 0 && value(step, "busy") == "1") first = number(step, "cycle");
    }
    constexpr std::uint64_t kCount = 20;
    const Waves some = waves_of(request_of(true), first + 4, kCount);
    std::set<std::uint64_t> cycles;
    const test::Vcd some_vcd(some.text);
    for (const test::Vcd::Step& step : some_vcd.steps()) {
        if (value(step, "busy") == "1") cycles.insert(number(step, "cycle"));
    }
    CHECK(*cycles.begin() == first + 4);
    CHECK(*cycles.rbegin() < first + 4 + kCount);
    const bool same = waves_of(request_of(true), first + 4, kCount).text == some.text;
    CHECK(same);
    CHECK(waves_of(request_of(true), std::nullopt, kCount).text.size() < all.text.size());
}

TEST_CASE("waveform: a sub-core that is not there is refused and leaves no file") {
    const test::TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "waves.vcd";
    run::GemmRequest request = request_of(true);
    request.options.waveform = gpu::WaveformRequest{file.string(), std::nullopt, 10, 4};
    REQUIRE_THROWS_WITH(run::run_gemm(request), Catch::Contains("no sub-core 4"));
    CHECK(std::filesystem::is_empty(directory.path()));
}
