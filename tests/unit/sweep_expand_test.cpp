#include <catch2/catch.hpp>
#include <set>

#include "models/base/error.hpp"
#include "sim/sweep/expand.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using sweep::Expansion;

namespace {

/// The points of a sweep whose keys after the schema are these.
Expansion expanded(const std::string& keys, std::string_view version = "1") {
    const test::TemporaryDirectory directory;
    const std::string path =
        directory.write("sweep.json", "{\"schema\": \"sptc.sweep/1\", " + keys + "}");
    return sweep::expand(sweep::read_sweep_file(path), version);
}

std::string error_of(const std::string& keys) {
    try {
        (void)expanded(keys);
    } catch (const base::ConfigError& error) {
        return error.what();
    }
    return "";
}

const std::string kShape = "\"defaults\": {\"m\": 64, \"n\": 64, \"k\": 64}, ";

double number(const sweep::Point& point, const std::string& name) {
    return std::get<double>(point.parameters.at(name));
}

}  // namespace

TEST_CASE("sweep expand: every listed point meets every combination, the last axis fastest") {
    const Expansion sweep = expanded(
        "\"points\": [{\"m\": 1}, {\"m\": 2}], \"defaults\": {\"n\": 8},"
        "\"grid\": {\"k\": [10, 20], \"seed\": {\"from\": 1, \"to\": 3, \"step\": 1}}");
    REQUIRE(sweep.points.size() == 12);
    CHECK(sweep.combinations == 12);
    std::vector<std::vector<double>> order;
    for (const sweep::Point& point : sweep.points) {
        order.push_back({number(point, "m"), number(point, "k"), number(point, "seed")});
    }
    CHECK(order[0] == std::vector<double>{1, 10, 1});
    CHECK(order[1] == std::vector<double>{1, 10, 2});
    CHECK(order[3] == std::vector<double>{1, 20, 1});
    CHECK(order[6] == std::vector<double>{2, 10, 1});
    CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("sweep expand: a range multiplies or adds and includes both ends") {
    const Expansion powers = expanded(
        "\"defaults\": {\"n\": 8, \"k\": 8}, "
        "\"grid\": {\"m\": {\"from\": 64, \"to\": 512, \"factor\": 2}}");
    REQUIRE(powers.points.size() == 4);
    CHECK(number(powers.points.back(), "m") == 512);
}

TEST_CASE("sweep expand: conditions exclude, equal points count once") {
    const Expansion sweep = expanded(
        kShape + "\"grid\": {\"seed\": [1, 2, 2, 3, 4]}, \"constraints\": [\"seed != 4\"]");
    CHECK(sweep.combinations == 5);
    CHECK(sweep.excluded == 1);
    CHECK(sweep.duplicates == 1);
    CHECK(sweep.points.size() == 3);
    // Said or not, a default is the same point.
    CHECK(expanded(kShape + "\"grid\": {\"seed\": [1]}").points[0].hash ==
          expanded(kShape + "\"grid\": {\"type\": [\"f16\"]}").points[0].hash);
}

TEST_CASE("sweep expand: a point's identity follows everything that decides its result") {
    const auto hash = [](const std::string& grid, std::string_view version = "1") {
        return expanded(kShape + "\"grid\": {" + grid + "}", version).points.at(0).hash;
    };
    const std::set<std::string> hashes{
        hash("\"seed\": [1]"),
        hash("\"seed\": [2]"),
        hash("\"pattern\": [\"2:4\"]"),
        hash("\"/sm/tensor_core/b_bits_per_cycle\": [256]"),
        hash("\"/memory/l2/bytes\": [20971520]"),
        hash("\"seed\": [1]", "2"),
    };
    CHECK(hashes.size() == 6);
}

TEST_CASE("sweep expand: the dense twin is the point with a dense A") {
    const Expansion sweep = expanded(kShape + "\"grid\": {\"pattern\": [\"dense\", \"2:4\"]}");
    REQUIRE(sweep.points.size() == 2);
    CHECK(sweep.points[0].dense_hash == sweep.points[0].hash);
    CHECK(sweep.points[1].dense_hash == sweep.points[0].hash);
    CHECK(sweep.points[1].hash != sweep.points[0].hash);
}

TEST_CASE("sweep expand: a sample is a subset in order, and its seed decides which") {
    const auto seeds = [](const std::string& sample) {
        std::vector<double> drawn;
        for (const sweep::Point& point :
             expanded(kShape + "\"grid\": {\"seed\": {\"from\": 1, \"to\": 100, \"step\": 1}}" +
                      sample)
                 .points) {
            drawn.push_back(number(point, "seed"));
        }
        return drawn;
    };
    const std::vector<double> first = seeds(", \"sample\": {\"count\": 10, \"seed\": 7}");
    CHECK(first.size() == 10);
    CHECK(std::is_sorted(first.begin(), first.end()));
    CHECK(std::set<double>(first.begin(), first.end()).size() == 10);
    CHECK(first == seeds(", \"sample\": {\"count\": 10, \"seed\": 7}"));
    CHECK(first != seeds(", \"sample\": {\"count\": 10, \"seed\": 8}"));
    CHECK(seeds(", \"sample\": {\"count\": 1000, \"seed\": 7}") == seeds(""));
}

TEST_CASE("sweep expand: a workload stands for its layers") {
    const Expansion sweep =
        expanded("\"points\": [{\"workload\": \"minilm\", \"batch\": 2, \"sequence\": 64}]");
    REQUIRE(sweep.points.size() == 6);
    const sweep::Point& qkv = sweep.points[0];  // configs/workload/minilm.json
    CHECK(number(qkv, "m") == 1152);
    CHECK(number(qkv, "n") == 128);
    CHECK(number(qkv, "count") == 12);
    CHECK(number(sweep.points[1], "prunable") == 0);  // a product of activations
}

TEST_CASE("sweep expand: what is wrong is told before anything runs") {
    CHECK_THAT(error_of(kShape + "\"grid\": {\"patern\": [\"2:4\"]}"),
               Contains("unknown parameter 'patern'") && Contains("pattern"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"pattern\": [\"5:4\"]}"),
               Contains("'5:4' is impossible: it keeps 5 of a group of 4"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"pattern\": [\"3:33\"]}"), Contains("3:33"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"/sm/colour\": [3]}"),
               Contains("/sm/colour") && Contains("nothing in the description"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"/sm\": [3]}"), Contains("/sm"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"/sms\": [\"many\"]}"),
               Contains("expected a number"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"/sms\": [0]}"), Contains("sms"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"gpu\": [\"b9000\"]}"), Contains("b9000"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"m\": [0.5]}"), Contains("whole number"));
    CHECK_THAT(error_of("\"grid\": {\"m\": [64]}"), Contains("no n (columns of B and D)"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"seed\": []}"), Contains("/grid/seed: empty"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"seed\": {\"from\": 2, \"to\": 1, \"step\": 1}}"),
               Contains("/grid/seed: empty range"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"/sms\": {\"from\": 2, \"to\": 9, \"step\": 0}}"),
               Contains("/grid/~1sms") && Contains("step above 0"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"seed\": [1]}, \"points\": [{\"seed\": 2}]"),
               Contains("/points/0/seed: is in the grid too"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"seed\": [1]}, \"constraints\": [\"seed > 5\"]"),
               Contains("allow none of its 1 combinations"));
    CHECK_THAT(error_of(kShape + "\"grid\": {\"seed\": [1]}, \"constraints\": [\"seed >\"]"),
               Contains("/constraints/0: column"));
    CHECK_THAT(error_of(kShape + "\"colour\": 3"), Contains("/colour: unknown key"));
    CHECK_THAT(error_of(kShape + "\"name\": \"x\""), Contains("nothing to do"));
    CHECK_THAT(error_of("\"points\": [{\"workload\": \"minilm\", \"batch\": 0}]"),
               Contains("/points/0/batch"));
}
