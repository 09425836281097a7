#include <catch2/catch.hpp>

#include "sim/report/probe_table.hpp"

using namespace sptc;

namespace {

probe::Verdict verdict(std::string name, std::string id,
                       std::vector<std::pair<std::string, std::uint64_t>> judgements) {
    probe::Verdict made;
    made.probe = std::move(name);
    made.id = std::move(id);
    made.elements = 100;
    for (const auto& [hypothesis, differing] : judgements) {
        probe::Judgement judgement{.hypothesis = hypothesis, .differing = differing, .first = {}};
        if (differing > 0) judgement.first = probe::Difference{7, 3, 2, 0x10, 0x20, "1 - 1"};
        made.judgements.push_back(judgement);
    }
    return made;
}

probe::Campaign campaign() {
    probe::Campaign made;
    made.questions = {{"P1", "partition", "?"}, {"P7", "exponent floor", "?"}, {"P9", "x", "?"}};
    return made;
}

}  // namespace

TEST_CASE("probe table: a question is answered by what agrees with all its probes") {
    const std::vector<probe::Verdict> verdicts{verdict("P1_a", "P1", {{"H1", 0}, {"H3", 0}}),
                                               verdict("P1_b", "P1", {{"H1", 0}, {"H3", 4}}),
                                               verdict("P7_a", "P7", {{"-20", 0}, {"-132", 9}}),
                                               verdict("P7_b", "P7", {{"-20", 9}, {"-132", 0}})};
    const std::string text =
        report::probe_table(campaign(), verdicts, report::ProbeList::kUnexplained);
    CHECK_THAT(text, Catch::Contains(
                         "P1          partition              2           0           0  H1\n"));
    CHECK_THAT(text, Catch::Contains("-132 (1); -20 (1)\n"));
    CHECK_THAT(text, !Catch::Contains("P9"));
    CHECK_THAT(text, !Catch::Contains("P1_a"));
}

TEST_CASE("probe table: an unexplained probe shows each hypothesis' first difference") {
    std::vector<probe::Verdict> verdicts{verdict("P1_a", "P1", {{"H1", 5}})};
    verdicts.push_back({});
    verdicts.back().probe = "P1_b";
    verdicts.back().id = "P1";
    verdicts.back().problem = "D.bin: cannot be read";
    const std::string text =
        report::probe_table(campaign(), verdicts, report::ProbeList::kUnexplained);
    CHECK_THAT(text, Catch::Contains("    H1: 5 of 100 elements differ; instruction 7, row 3, "
                                     "column 2: expected 10, got 20\n      1 - 1\n"));
    CHECK_THAT(text, Catch::Contains("not judged: D.bin: cannot be read"));
    CHECK_THAT(text, Catch::Contains("none (1)"));
}
