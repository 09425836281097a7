#include "sim/report/recording_table.hpp"

#include <catch2/catch.hpp>

using namespace sptc;
using Catch::Matchers::Contains;
using run::EntryCheck;
using run::TimingRow;

namespace {

EntryCheck timed(const std::string& name, std::vector<TimingRow> rows) {
    EntryCheck check;
    check.name = name;
    check.group = "timing";
    check.rows = std::move(rows);
    return check;
}

run::RecordingCheck sample() {
    run::RecordingCheck check;
    check.recording.device = {"Some GPU", "", 80, 108, 1 << 20, 1410, 1215, "13.0"};
    check.entries = {timed("timing/mma/a", {{"timing/mma/a", 100, 110}}),
                     timed("timing/latency/l1", {{"timing/latency/l1", 32, 32}}),
                     timed("timing/mma/b", {{"timing/mma/b", 200, 140}}),
                     timed("timing/mma/c", {{"timing/mma/c", 0, 50}})};
    return check;
}

}  // namespace

TEST_CASE("recording table: each family of rows has its mean absolute error and its worst row") {
    const std::string text = report::check_table(sample(), report::TimingRows::kSummary);
    // |+10 %| and |-30 %|
    CHECK_THAT(text, Contains("timing/mma: 2 rows, mean absolute error 20.0 %, worst -30.0 % of "
                              "timing/mma/b, 1 rows without a time\n"));
    CHECK_THAT(text, Contains("timing/latency: 1 rows, mean absolute error 0.0 %\n"));
    CHECK_THAT(text, !Contains("timing/mma/a"));
}

TEST_CASE("recording table: the mean of a group leaves out rows without a time") {
    const std::string text = report::check_table(sample(), report::TimingRows::kAll);
    CHECK_THAT(text, Contains("            3         13.3 %\n"));
    CHECK_THAT(text, Contains("timing/mma/b: recorded 200.00 cycles, simulated 140.00, error "
                              "-30.0 %\n"));
    CHECK_THAT(text, Contains("timing/mma/c: no time was recorded, simulated 50.00 cycles\n"));
}
