// alpha, beta and what happens to accumulators before they become D.
#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>

#include "models/types/value.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/tensor_file/npy.hpp"

using namespace sptc;
using types::DataType;

namespace {

constexpr std::uint32_t kM = 70;
constexpr std::uint32_t kN = 90;

run::GemmRequest request(DataType type) {
    run::GemmRequest r;
    r.gpu = run::load_gpu("a100");
    r.m = kM;
    r.n = kN;
    r.k = 200;
    r.type = type;
    r.pattern = run::hardware_pattern(type);
    r.with_dense_baseline = false;
    r.values = launch::Values::kOn;
    r.check = true;
    r.sms = gpu::SimulatedSms::kAll;
    return r;
}

// C of seeded bits, none of them NaN or infinity.
std::string write_c(const std::filesystem::path& directory, DataType type) {
    const std::string path = (directory / fmt::format("c_{}.npy", types::name(type))).string();
    std::vector<std::byte> data;
    for (std::uint32_t i = 0; i < kM * kN; ++i) {
        const double value = static_cast<double>(i * 7919u % 2001u) / 8.0 - 125.0;
        const bool integer = type == DataType::kS32;
        const std::uint64_t bits =
            integer ? i * 2654435761u & 0xffffffffu : types::nearest_bits(type, value);
        for (int byte = 0; byte < types::bits(type) / 8; ++byte) {
            data.push_back(static_cast<std::byte>(bits >> 8 * byte));
        }
    }
    const std::array<std::uint64_t, 2> shape{kM, kN};
    tensor_file::write_npy(path, type, shape, data);
    return path;
}

std::uint64_t mismatches(const run::GemmRequest& r) {
    const run::GemmResult result = run::run_gemm(r);
    INFO(result.kernel.simulation.shape.entry);
    REQUIRE(result.check);
    return result.check->mismatches;
}

}  // namespace

TEST_CASE("gemm: alpha, beta and every epilogue give the bits of the reference") {
    const test::TemporaryDirectory directory;
    const auto [type, accumulator] =
        GENERATE(table<DataType, DataType>({{DataType::kF16, DataType::kF32},
                                            {DataType::kF16, DataType::kF16},
                                            {DataType::kTf32, DataType::kF32},
                                            {DataType::kF64, DataType::kF64},
                                            {DataType::kS8, DataType::kS32}}));
    const bool integer = accumulator == DataType::kS32;
    std::vector<std::string> epilogues{"none", "bias", "relu", "bias+relu"};
    if (accumulator == DataType::kF32 || accumulator == DataType::kF16) {
        epilogues.insert(epilogues.end(), {"gelu", "bias+gelu"});
    }
    if (integer) epilogues.insert(epilogues.end(), {"requant-s8", "bias+relu+requant-s8"});
    run::GemmRequest r = request(type);
    r.accumulator = accumulator;
    for (const std::string& epilogue : epilogues) {
        CAPTURE(types::name(type), types::name(accumulator), epilogue);
        r.epilogue = epilogue;
        r.alpha = 1;
        r.beta = 1;
        r.c_file.clear();
        CHECK(mismatches(r) == 0);
        r.c_file = write_c(directory.path(), accumulator);
        CHECK(mismatches(r) == 0);
        r.alpha = integer ? 3 : 0.37;
        r.beta = integer ? -7 : -1.3;
        CHECK(mismatches(r) == 0);
        r.c_file.clear();
        CHECK(mismatches(r) == 0);
    }
}

TEST_CASE("gemm: with beta = 0 C is not read") {
    const test::TemporaryDirectory directory;
    run::GemmRequest r = request(DataType::kF16);
    r.c_file = write_c(directory.path(), DataType::kF32);
    r.beta = 0;
    const run::GemmResult result = run::run_gemm(r);
    CHECK_FALSE(result.kernel.problem.has_c);
    CHECK(result.check->mismatches == 0);
}

TEST_CASE("gemm: an epilogue that the accumulators do not have is refused with what they have") {
    using Catch::Contains;
    run::GemmRequest r = request(DataType::kF16);
    r.epilogue = "swish";
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("'swish'") && Contains("gelu"));
    r.epilogue = "relu+gelu";
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("relu or gelu"));
    r.epilogue = "requant-s8";
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("f32 accumulators") && Contains("s32"));
    r.epilogue = "none";
    r.bias_file = "bias.npy";
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("--epilogue bias"));
    r = request(DataType::kS8);
    r.epilogue = "gelu";
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("gelu of s32") && Contains("f32 or f16"));
    r.epilogue = "none";
    r.alpha = 0.5;
    CHECK_THROWS_WITH(run::run_gemm(r), Contains("0.5") && Contains("integers"));
}
