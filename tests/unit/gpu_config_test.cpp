#include "sim/run/gpu_config.hpp"

#include <catch2/catch.hpp>

#include "sim/report/metrics.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;

namespace {

/// What loading the A100's description says after one piece of its text is replaced.
std::string message_after(const std::string& from, const std::string& to) {
    std::string text(run::gpu_config_text("a100"));
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "gpu.json";
    base::write_text(path, text);
    try {
        (void)run::load_gpu(path.string());
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("gpu_config: the A100's peaks are those of its whitepaper") {
    const gpu::GpuSpec a100 = run::load_gpu("a100");
    CHECK(report::peak_tflops(a100, 16, 1) == Approx(312).epsilon(0.005));
    CHECK(report::peak_tflops(a100, 16, 2) == Approx(624).epsilon(0.005));
    CHECK(report::peak_tflops(a100, 8, 1) == Approx(624).epsilon(0.005));
    CHECK(report::peak_tflops(a100, types::DataType::kF64, 1) == Approx(19.5).epsilon(0.005));
    CHECK(report::time_us(a100, 1410) == Approx(1.0));
}

TEST_CASE("gpu_config: what is wrong in a description is named by its JSON pointer") {
    CHECK(message_after("a100", "mine").empty());
    CHECK_THAT(message_after("\"max_warps\"", "\"max_warp\""),
               Catch::Contains("/sm/max_warps: missing"));
    CHECK_THAT(
        message_after("\"schema\": \"sptc.gpu/1\",", "\"schema\": \"sptc.gpu/1\", \"colour\": 3,"),
        Catch::Contains("/colour: unknown key") && Catch::Contains("clock_mhz"));
    CHECK_THAT(message_after("\"value\": 108", "\"value\": -1"),
               Catch::Contains("/sms") && Catch::Contains("whole number"));
    CHECK_THAT(message_after("\"value\": 108", "\"value\": \"many\""),
               Catch::Contains("/sms") && Catch::Contains("expected a number"));
    CHECK_THAT(message_after("\"value\": 108, \"source\"", "\"value\": 108, \"sauce\""),
               Catch::Contains("/sms"));
    CHECK_THAT(message_after("sptc.gpu/1", "sptc.gpu/9"), Catch::Contains("sptc.gpu/1"));
    CHECK_THAT(message_after("{", ""), Catch::Contains("byte") && Catch::Contains("JSON"));
    CHECK_THAT(message_after("\"value\": 16, \"source\": \"64 warps",
                             "\"value\": 17, \"source\": \"64 warps"),
               Catch::Contains("max_warps"));
    CHECK_THAT(message_after("sm_80", "sm_12345"), Catch::Contains("sm_80"));
}
