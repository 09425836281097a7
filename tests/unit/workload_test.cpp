#include "sim/workload/workload.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/workload/extent.hpp"
#include "sim/workload/workload_run.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;
using Catch::Matchers::Contains;

namespace {

workload::Workload load(const std::string& layers,
                        const std::map<std::string, std::uint32_t>& parameters = {},
                        const std::string& own = R"("batch": 2, "sequence": 3)") {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "net.json";
    base::write_text(path, R"({"schema": "sptc.workload/1", "name": "net", "description": "d",
        "source": "s", "parameters": {)" +
                               own + R"(}, "layers": [)" + layers + "]}");
    return workload::load_workload(path.string(), parameters);
}

std::string message(const std::string& layers) {
    try {
        (void)load(layers);
    } catch (const base::ConfigError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("workload: extents are products of numbers and parameters") {
    const workload::Layer layer =
        load(R"({"name": "a", "count": "4 * batch", "m": 8, "n": "batch * sequence", "k": "5"})",
             {{"sequence", 7}})
            .layers.at(0);
    CHECK(layer.count == 8);
    CHECK(layer.m == 8);
    CHECK(layer.n == 14);
    CHECK(layer.k == 5);
}

TEST_CASE("workload: a convolution is the GEMM of its output positions") {
    const workload::Layer layer =
        load(R"({"name": "c", "conv": {"input_channels": 3, "output_channels": 64, "kernel": 7,
                "stride": 2, "padding": 3, "input_size": 224}})")
            .layers.at(0);
    CHECK(layer.m == 64);
    CHECK(layer.n == 2 * 112 * 112);
    CHECK(layer.k == 3 * 7 * 7);
}

TEST_CASE("workload: what is wrong is named by its JSON pointer") {
    CHECK_THAT(message(R"({"name": "a", "m": 0, "n": 1, "k": 1})"), Contains("/layers/0/m"));
    CHECK_THAT(message(R"({"name": "a", "m": "heads", "n": 1, "k": 1})"),
               Contains("heads") && Contains("batch") && Contains("sequence"));
    CHECK_THAT(message(R"({"name": "a", "m": "65536 * 65536", "n": 1, "k": 1})"),
               Contains("/layers/0/m"));
    CHECK_THAT(message(R"({"name": "a", "m": -1, "n": 1, "k": 1})"), Contains("/layers/0/m"));
    CHECK_THAT(message(R"({"name": "a", "m": 1, "n": 1})"), Contains("/layers/0/k: missing"));
    CHECK_THAT(message(R"({"name": "a", "m": 1, "n": 1, "k": 1, "z": 1})"),
               Contains("/layers/0/z: unknown key"));
    CHECK_THAT(message(""), Contains("/layers"));
    CHECK_THAT(message(R"({"name": "c", "conv": {"input_channels": 3, "output_channels": 64,
                       "kernel": 9, "stride": 1, "padding": 0, "input_size": 8}})"),
               Contains("/layers/0/conv/kernel"));
    CHECK_THROWS_WITH(workload::load_workload("bert-huge", {}), Contains("bert-large"));
    CHECK_THROWS_WITH(workload::load_workload("resnet50", {{"sequence", 3}}),
                      Contains("sequence") && Contains("batch"));
}

// Known sizes of the networks: multiplications of one image or token, to the digits that their
// papers give.
TEST_CASE("workload: the built-in networks have the multiplications that are known of them") {
    const auto macs = [](const char* name, const std::map<std::string, std::uint32_t>& parameters,
                         bool weights_only) {
        double sum = 0;
        for (const workload::Layer& layer : workload::load_workload(name, parameters).layers) {
            if (weights_only && !layer.weights) continue;
            sum += static_cast<double>(layer.count) * layer.m * layer.n * layer.k;
        }
        return sum;
    };
    const std::map<std::string, std::uint32_t> one{{"batch", 1}};
    const std::map<std::string, std::uint32_t> token{{"batch", 1}, {"sequence", 1}};
    CHECK(macs("resnet50", one, false) == Approx(4.09e9).epsilon(0.01));
    CHECK(macs("vit-b16", one, false) == Approx(17.5e9).epsilon(0.02));
    // A token passes every weight of the encoder once: parameters without the embeddings.
    CHECK(macs("bert-base", token, true) == Approx(85e6).epsilon(0.01));
    CHECK(macs("bert-large", token, true) == Approx(302e6).epsilon(0.01));
    CHECK(macs("llama-7b", token, true) == Approx(6.6e9).epsilon(0.01));
    CHECK(macs("gpt3-layer", token, true) == Approx(175e9 / 96).epsilon(0.01));
    CHECK(workload::workload_names().size() == 8);
}

TEST_CASE("workload: layers that the hardware cannot prune stay dense and say why") {
    const sparsity::Pattern& pattern = sparsity::find_pattern("2:4");
    workload::Layer layer{.name = "l", .m = 64, .n = 8, .k = 64};
    const auto why = [&](types::DataType type) {
        return workload::why_dense(layer, pattern, type);
    };
    CHECK(why(types::DataType::kF16).empty());
    layer.k = 48;
    CHECK(why(types::DataType::kF16).empty());
    CHECK_THAT(why(types::DataType::kS8), Contains("multiple of 32"));
    layer.k = 64;
    layer.m = 1001;
    CHECK_THAT(why(types::DataType::kF16), Contains("multiple of 8"));
    layer.m = 64;
    layer.first_convolution = true;
    CHECK(why(types::DataType::kF16) == "first convolution");
    layer.weights = false;
    CHECK(why(types::DataType::kF16) == "no weights");
}

TEST_CASE("workload: totals count a layer as often as the network runs it") {
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.pattern = &sparsity::find_pattern("2:4");
    const workload::WorkloadResult result =
        workload::run_workload(load(R"({"name": "a", "count": 3, "m": 64, "n": 64, "k": 128},
                {"name": "b", "m": 64, "n": 64, "k": 128, "weights": false})"),
                               request);
    REQUIRE(result.layers.size() == 2);
    REQUIRE(result.layers[0].sparse);
    CHECK_FALSE(result.layers[1].sparse);
    CHECK(result.layers[0].dense.simulation.cycles == result.layers[1].dense.simulation.cycles);
    CHECK(result.dense_cycles() == 4 * result.layers[1].dense.simulation.cycles);
    CHECK(result.cycles() == 3 * result.layers[0].sparse->simulation.cycles +
                                 result.layers[1].dense.simulation.cycles);
    CHECK(result.pruned_macs() == Approx(0.75 * result.macs()));
}
