// Split-K: CTAs along K that add their sums in turn.
#include <catch2/catch.hpp>

#include "sim/run/gemm_run.hpp"
#include "tests/support/checked_gemm.hpp"
#include "tests/support/gemm_kinds.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/tensor_file/npy.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using types::DataType;

namespace {

run::GemmRequest request_of(const gemm::GemmProblem& problem, std::uint32_t slices) {
    run::GemmRequest request = test::checked_gemm(problem);
    request.split_k = slices;
    return request;
}

run::GemmRequest f16_request(std::uint32_t m, std::uint32_t n, std::uint32_t k,
                             std::uint32_t slices) {
    return request_of({.m = m, .n = n, .k = k, .sparse = true}, slices);
}

std::vector<std::byte> d_of(run::GemmRequest r, const std::filesystem::path& directory) {
    r.out_file = (directory / "d.npy").string();
    CHECK(run::run_gemm(r).check->mismatches == 0);
    return tensor_file::read_npy(r.out_file).data;
}

}  // namespace

TEST_CASE("gemm: of every type, pattern and layout slices of K add up to the reference") {
    // A ragged last tile of K in the last slice, slices of different lengths, edges in M and N.
    const auto [m, n, k, slices] =
        GENERATE(table<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>(
            {{33, 17, 1100, 2}, {70, 90, 2333, 3}}));
    for (const gemm::GemmProblem& problem : test::gemm_kinds(m, n, k)) {
        const run::GemmResult result = run::run_gemm(request_of(problem, slices));
        INFO(result.kernel.simulation.shape.entry);
        CHECK(result.kernel.simulation.shape.grid.z % slices == 0);
        CHECK(result.check->elements == std::uint64_t{m} * n);
        CHECK(result.check->mismatches == 0);
    }
}

TEST_CASE("gemm: as many slices as K has tiles, on fewer SMs than CTAs, still take their turns") {
    run::GemmRequest r = f16_request(64, 64, 64 * 9 - 5, 9);
    r.gpu.sms = 2;
    CHECK(run::run_gemm(r).check->mismatches == 0);
}

TEST_CASE("gemm: the order of sums is that of the slices, not that of one chain") {
    const test::TemporaryDirectory directory;
    const std::vector<std::byte> whole = d_of(f16_request(64, 64, 1024, 1), directory.path());
    const std::vector<std::byte> split = d_of(f16_request(64, 64, 1024, 4), directory.path());
    CHECK(whole != split);
    // Integers have no order.
    run::GemmRequest r = request_of({.m = 64,
                                     .n = 64,
                                     .k = 1024,
                                     .input = DataType::kS8,
                                     .accumulator = DataType::kS32,
                                     .sparse = true,
                                     .b_layout = gemm::BLayout::kColumn},
                                    1);
    const std::vector<std::byte> whole_s32 = d_of(r, directory.path());
    r.split_k = 3;
    CHECK(d_of(r, directory.path()) == whole_s32);
}

TEST_CASE("gemm: only the first slice of K reads C, and only the last one has an epilogue") {
    const test::TemporaryDirectory directory;
    constexpr std::uint32_t kM = 70;
    constexpr std::uint32_t kN = 90;
    const auto [type, accumulator, epilogue] = GENERATE(table<DataType, DataType, std::string>(
        {{DataType::kF16, DataType::kF32, "none"},
         {DataType::kF16, DataType::kF32, "bias+gelu"},
         {DataType::kF16, DataType::kF16, "bias+relu"},
         {DataType::kF64, DataType::kF64, "bias"},
         {DataType::kS8, DataType::kS32, "bias+relu"},
         {DataType::kS8, DataType::kS32, "bias+relu+requant-s8"}}));
    const bool scaled = GENERATE(false, true);
    CAPTURE(types::name(type), types::name(accumulator), epilogue, scaled);
    const std::size_t bytes = static_cast<std::size_t>(types::bits(accumulator) / 8);
    std::vector<std::byte> c(kM * kN * bytes);
    // Small numbers of the type: an exponent in the middle of its range.
    for (std::size_t i = 0; i < c.size(); ++i) {
        c[i] = static_cast<std::byte>(i % bytes == bytes - 1 ? 0x40 : i * 37 % 251);
    }
    const std::string file = (directory.path() / "c.npy").string();
    tensor_file::write_npy(file, accumulator, std::array<std::uint64_t, 2>{kM, kN}, c);
    run::GemmRequest r = request_of({.m = kM,
                                     .n = kN,
                                     .k = 700,
                                     .input = type,
                                     .accumulator = accumulator,
                                     .sparse = type != DataType::kF64,
                                     .b_layout = gemm::default_b_layout(type)},
                                    3);
    r.c_file = file;
    r.epilogue = epilogue;
    if (scaled) {
        r.alpha = accumulator == DataType::kS32 ? 3 : 0.37;
        r.beta = accumulator == DataType::kS32 ? -7 : -1.3;
    }
    CHECK(run::run_gemm(r).check->mismatches == 0);
}

TEST_CASE("gemm: slices of K take the same cycles with values off, and every time") {
    run::GemmRequest r = f16_request(100, 90, 1111, 3);
    const auto cycles = [&r] { return run::run_gemm(r).kernel.simulation.cycles; };
    const auto on = cycles();
    CHECK(cycles() == on);
    r.check = false;
    r.values = launch::Values::kOff;
    CHECK(cycles() == on);
    r.options.idle_skip = sm::IdleSkip::kOff;
    CHECK(cycles() == on);
}

TEST_CASE("gemm: a long K on few tiles is faster in slices, until the turns take over") {
    const auto cycles = [](std::uint32_t slices) {
        run::GemmRequest r = f16_request(128, 128, 8192, slices);
        r.values = launch::Values::kOff;
        r.check = false;
        return run::run_gemm(r).kernel.simulation.cycles;
    };
    const auto one = cycles(1);
    const auto four = cycles(4);
    CHECK(four < one);
    CHECK(cycles(32) > four);
}

TEST_CASE("gemm: slices of K that cannot be are refused with what can") {
    run::GemmRequest r = f16_request(64, 64, 300, 6);
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("split-K of 6") && Contains("1 to 5 slices"));
    r.split_k = 0;
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("split-K of 0"));
    r = f16_request(64, 64, 300, 2);
    r.check = false;
    r.values = launch::Values::kOff;
    r.sms = gpu::SimulatedSms::kRepresentative;
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("wait for each other") && Contains("--sms all"));
}
