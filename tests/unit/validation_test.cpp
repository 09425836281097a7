#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/timing/parameters.hpp"
#include "sim/timing/timing_probe.hpp"
#include "sim/timing/validation.hpp"

using namespace sptc;
using Catch::Matchers::Contains;

namespace {

timing::RowResult row(std::string gpu, double published, std::optional<double> simulated,
                      std::string fitted = {}) {
    timing::RowResult result;
    result.row.gpu = std::move(gpu);
    result.row.quantity = "latency";
    result.row.value = published;
    result.row.fitted = std::move(fitted);
    result.simulated = simulated;
    result.low = result.high = published;
    return result;
}

std::string group_text(const std::string& rows) {
    return R"({"schema": "sptc.published/1", "group": "g", "title": "t", "slow": false,
               "sources": {"A": "a paper"}, "rows": [)" +
           rows + "]}";
}

constexpr const char* kRow =
    R"({"gpu": "a100", "source": "A", "where": "Table 1", "quantity": "q", "value": 4,
        "unit": "cycles", "probe": "core", "parameters": {"sequence": "ffma"},
        "metric": "cycles_per_instruction"})";

std::string failure(const std::string& text) {
    try {
        (void)timing::read_published(text, "g.json");
    } catch (const base::ConfigError& error) {
        return error.what();
    }
    return "";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("validation: errors are relative to what was published") {
    CHECK(row("a", 20, 25).error() == Approx(0.25));
    CHECK(row("a", 20, 15).error() == Approx(0.25));
    CHECK(row("a", 20, std::nullopt).error() == 0);
}

TEST_CASE("validation: between two sources nothing is beyond their spread") {
    // 24.7 and 26.0 of one architecture; 40 of another is not their affair.
    std::vector<timing::RowResult> rows{row("a100", 24.7, 25.0), row("a100-pcie", 26.0, 27.3),
                                        row("h100", 40.0, 30.0)};
    timing::set_spreads(rows, [](const std::string& gpu) { return gpu.substr(0, 4); });
    CHECK(rows[0].error_beyond_spread() == 0);
    CHECK(rows[1].error_beyond_spread() == Approx((27.3 - 26.0) / 26.0));
    CHECK(rows[2].error_beyond_spread() == Approx(0.25));
}

TEST_CASE("validation: a group's means count simulated rows, fitted ones apart") {
    const timing::GroupResult group{
        {}, {row("a", 10, 11), row("a", 10, 10, "a constant"), row("a", 10, std::nullopt)}};
    const timing::GroupSummary summary = group.summary();
    CHECK(summary.rows == 2);
    CHECK(summary.fitted == 1);
    CHECK(summary.skipped == 1);
    CHECK(summary.mean_error == Approx(0.05));
    CHECK(summary.mean_predicted == Approx(0.1));
    CHECK(timing::total({group, group}).rows == 4);
    CHECK(timing::worst_rows({group}, 1).front().error() == Approx(0.1));
}

TEST_CASE("validation: a row of published figures that is wrong is named by its pointer") {
    CHECK(failure(group_text(kRow)).empty());
    CHECK_THAT(failure(group_text(replaced(kRow, "\"A\"", "\"B\""))),
               Contains("g.json: /rows/0/source: found 'B'"));
    CHECK_THAT(failure(group_text(replaced(kRow, "\"value\": 4", "\"value\": 0"))),
               Contains("/rows/0/value"));
    CHECK_THAT(failure(group_text(replaced(kRow, "metric", "metrics"))),
               Contains("/rows/0/metrics"));
    CHECK_THAT(failure("{"), Contains("g.json"));
}

TEST_CASE("validation: every shipped row names a probe, its parameters and a metric that exist") {
    std::size_t rows = 0;
    for (const timing::PublishedGroup& group : timing::published_groups()) {
        for (const timing::PublishedRow& each : group.rows) {
            if (each.probe.empty() || each.probe == "gemm") continue;
            INFO(group.name << ": " << each.quantity);
            const timing::TimingProbe& probe = timing::find_timing_probe(each.probe);
            CHECK_NOTHROW(timing::Parameters(probe.parameters, each.parameters, ""));
            CHECK(std::find(probe.metrics.begin(), probe.metrics.end(), each.metric) !=
                  probe.metrics.end());
            ++rows;
        }
    }
    CHECK(rows > 200);
}

TEST_CASE("timing parameters: lists and ranges expand, numbers take units, the rest is refused") {
    const timing::ParameterSpec number{"warps", "1", "", {}, 1, 4096};
    const timing::ParameterSpec word{"op", "a", "", {"a", "b"}};
    CHECK(timing::expand_values(number, "1,3-5,2K") ==
          std::vector<std::string>{"1", "3", "4", "5", "2K"});
    CHECK_THROWS_AS(timing::expand_values(number, "5-3"), base::ConfigError);
    const std::vector<timing::ParameterSpec> specs{number, word};
    CHECK(timing::Parameters(specs, {{"warps", "2K"}}, "").number("warps") == 2048);
    CHECK(timing::Parameters(specs, {}, "").text("op") == "a");
    CHECK_THROWS_WITH(timing::Parameters(specs, {{"op", "c"}}, "--"),
                      Contains("--op: got 'c', expected one of a, b"));
    CHECK_THROWS_WITH(timing::Parameters(specs, {{"warps", "5000"}}, "--"),
                      Contains("a number from 1 to 4096"));
    CHECK_THROWS_WITH(timing::Parameters(specs, {{"warp", "1"}}, "--"),
                      Contains("unknown parameter"));
}
