#include "sim/run/gpu_config.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "models/base/error.hpp"
#include "sim/report/metrics.hpp"
#include "sim/run/gpu_document.hpp"
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
    CHECK(message_after("\"a100-sxm4-40gb\"", "\"mine\"").empty());
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
    CHECK_THAT(message_after("\"source\": \"64 warps / 4 sub-cores\", ", ""),
               Catch::Contains("/sm/sub_core/warp_slots/source: missing"));
    CHECK_THAT(
        message_after("\"source\": \"64 warps / 4 sub-cores\"", "\"source\": \"\""),
        Catch::Contains("/sm/sub_core/warp_slots/source: found") && Catch::Contains("expected"));
    CHECK_THAT(
        message_after("[0, 8, 16,", "[0, 16, 16,"),
        Catch::Contains("/sm/l1/carve_out_kilobytes: found") && Catch::Contains("ascending"));
    CHECK_THAT(message_after("{\"value\": 32, \"source\": \"CUDA Best Practices Guide\", "
                             "\"confidence\": \"vendor\"}",
                             "32"),
               Catch::Contains("/sm/shared_memory/banks") && Catch::Contains("source"));
}

namespace {

/// A folder of GPU descriptions.
class Descriptions {
  public:
    void write(const std::string& file, const std::string& body) const {
        base::write_text(directory_.path() / file, R"({"schema": "sptc.gpu/1")" + body + "}");
    }
    [[nodiscard]] std::string path(const std::string& file) const {
        return (directory_.path() / file).string();
    }

  private:
    test::TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("gpu_config: a description takes from another one what it does not give itself") {
    const Descriptions files;
    files.write("small.json", R"(, "extends": "a100", "name": "small", "description": "half",
        "sms": {"value": 54, "source": "half of it", "confidence": "assumed"},
        "memory": {"l2": {"ways": {"value": 8, "source": "a guess", "confidence": "assumed"}}})");
    files.write("tiny.json", R"(, "extends": "small.json", "name": "tiny", "description": "one SM",
        "sms": {"value": 1, "source": "one", "confidence": "assumed"})");
    const gpu::GpuSpec a100 = run::load_gpu("a100");
    const gpu::GpuSpec tiny = run::load_gpu(files.path("tiny.json"));
    CHECK(tiny.name == "tiny");
    CHECK(tiny.sms == 1);
    CHECK(tiny.memory.l2.ways == 8);
    CHECK(tiny.memory.l2.slices == a100.memory.l2.slices);
    CHECK(tiny.sm.max_warps == a100.sm.max_warps);
}

TEST_CASE("gpu_config: a description that extends nothing known, itself or namelessly is refused") {
    const Descriptions files;
    files.write("lost.json", R"(, "extends": "b100", "name": "lost", "description": "x")");
    files.write("a.json", R"(, "extends": "b.json", "name": "a", "description": "x")");
    files.write("b.json", R"(, "extends": "a.json", "name": "b", "description": "x")");
    files.write("nameless.json", R"(, "extends": "a100", "description": "x")");
    files.write("odd.json", R"(, "extends": "a100", "name": "x", "description": "x", "colour": 1)");
    CHECK_THROWS_WITH(run::load_gpu(files.path("lost.json")),
                      Catch::Contains("/extends") && Catch::Contains("a100-sxm4-40gb"));
    CHECK_THROWS_WITH(run::load_gpu(files.path("a.json")), Catch::Contains("circle"));
    CHECK_THROWS_WITH(run::load_gpu(files.path("nameless.json")), Catch::Contains("/name"));
    CHECK_THROWS_WITH(run::load_gpu(files.path("odd.json")), Catch::Contains("/colour: unknown"));
}

TEST_CASE("gpu_config: single numbers of a description can be changed by JSON pointer") {
    const std::vector<run::GpuOverride> changes{{"/clock_mhz", 705},
                                                {"/sm/tensor_core/b_bits_per_cycle", 256}};
    const gpu::GpuSpec a100 = run::load_gpu("a100");
    const gpu::GpuSpec slow = run::load_gpu("a100", changes);
    CHECK(slow.clock_mhz == 705);
    CHECK(slow.sm.tensor_core.b_bits_per_cycle == 256);
    CHECK(slow.memory.hbm.bytes_per_cycle == Approx(2 * a100.memory.hbm.bytes_per_cycle));
    const auto message = [](const std::string& pointer) -> std::string {
        const run::GpuOverride change{pointer, 1};
        try {
            (void)run::load_gpu("a100", std::span(&change, 1));
        } catch (const base::ConfigError& error) {
            return error.what();
        }
        return "";
    };
    CHECK_THAT(message("/sm/tensor_core/colour"), Catch::Contains("/sm/tensor_core/colour"));
    CHECK_THAT(message("/sm/barrier"), Catch::Contains("arrival_cycles"));
    CHECK_THAT(message("/name"), Catch::Contains("no number"));
    CHECK_THAT(message("sms"), Catch::Contains("JSON pointer"));
    CHECK(run::parse_override("/sms=12").value == 12);
    CHECK_THROWS_WITH(run::parse_override("/sms"), Catch::Contains("/POINTER=NUMBER"));
    CHECK_THROWS_WITH(run::parse_override("/sms=12x"), Catch::Contains("/sms=12x"));
}

TEST_CASE("gpu_config: every built-in description is valid, named as its file, with own aliases") {
    std::set<std::string> names;
    for (const std::string& name : run::gpu_names()) {
        CHECK(run::load_gpu(name).name == name);
        CHECK(names.insert(name).second);
        for (const std::string& alias : run::gpu_aliases(name)) {
            CHECK(names.insert(alias).second);
            CHECK(run::load_gpu(alias).name == name);
        }
    }
    CHECK(names.contains("a100"));
}

TEST_CASE("gpu_config: contradictions are named by JSON pointer, what was found and expected") {
    const auto message = [](const std::string& pointer, double value) -> std::string {
        const run::GpuOverride change{pointer, value};
        try {
            (void)run::load_gpu("a100", std::span(&change, 1));
        } catch (const base::ConfigError& error) {
            return error.what();
        }
        return "";
    };
    const auto names = [&](const std::string& pointer, double value) {
        const std::string text = message(pointer, value);
        CAPTURE(text);
        CHECK(text.find(pointer + ": found ") != std::string::npos);
        CHECK(text.find("expected") != std::string::npos);
    };
    names("/memory/l2/partitions", 0);
    names("/memory/l2/slices", 81);
    names("/memory/l2/bytes", 41943040 + 128);
    names("/memory/l2/link_cycles", 0);
    names("/memory/hbm/channels", 39);
    names("/memory/hbm/efficiency", 1.1);
    names("/sm/l1/sets", 33);
    names("/sm/l1/tag_banks", 32);
    names("/sm/global_path/outstanding_sectors", 3);
    names("/memory/crossbar/sm_bytes_per_cycle", 0);
    names("/memory/crossbar/sm_bytes_per_cycle", 5121);  // more than all slices pass
    names("/memory/l2/link_bytes_per_cycle", 2561);      // more than a partition's slices pass
    names("/memory/hbm/capacity_gibibytes", 0);          // less than the L2
    names("/memory/hbm/peak_gigabytes_per_second", 0);
    names("/sm/shared_memory/bytes_per_cta", 167936);  // leaves no room for what is reserved
    names("/sm/shared_memory/bank_bytes", 3);
    names("/sm/shared_memory/return_bytes_per_cycle", 48);
    names("/sm/max_warps", 60);
    names("/sm/max_ctas", 65);
    names("/sm/max_threads_per_cta", 1000);
    names("/sm/max_registers_per_thread", 256);
    names("/sm/registers", 65535);
    names("/sm/sub_core/integer/lanes", 12);
    names("/sm/sub_core/float64/latency_cycles", 0);
    names("/sm/sub_core/register_file/banks", 5);
    names("/sm/tensor_core/f16_macs_per_cycle", 0);
    names("/sms", 0);
    names("/sms", 1.5);
    names("/clock_mhz", 1e9);
    CHECK_THAT(
        message("/memory/hbm/peak_gigabytes_per_second", 50000),
        Catch::Contains("/memory/hbm/peak_gigabytes_per_second: found") && Catch::Contains("L2"));
    CHECK_THAT(message("/sm/l1/array_bytes", 131072),
               Catch::Contains("/sm/l1/carve_out_kilobytes: found 132"));
}
