#include "sim/report/probe_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <vector>

namespace sptc::report {
namespace {

using probe::Judgement;
using probe::Verdict;

std::vector<std::string> agreeing(const Verdict& verdict) {
    std::vector<std::string> names;
    for (const Judgement& each : verdict.judgements) {
        if (each.differing == 0) names.push_back(each.hypothesis);
    }
    return names;
}

/// The hypotheses that all judged probes of a question agree with, in the order of the first.
std::vector<std::string> agreeing_everywhere(std::span<const Verdict* const> verdicts) {
    std::vector<std::string> names = agreeing(*verdicts.front());
    for (const Verdict* verdict : verdicts) {
        const std::vector<std::string> here = agreeing(*verdict);
        std::erase_if(names, [&here](const std::string& name) {
            return std::find(here.begin(), here.end(), name) == here.end();
        });
    }
    return names;
}

/// What the judged probes of a question say: the common answer, or each answer with the number of
/// probes that give it.
std::string answer(std::span<const Verdict* const> judged) {
    if (judged.empty()) return "-";
    const std::vector<std::string> common = agreeing_everywhere(judged);
    if (!common.empty()) return fmt::format("{}", fmt::join(common, ", "));
    std::map<std::string, int> counts;
    for (const Verdict* verdict : judged) {
        const std::vector<std::string> names = agreeing(*verdict);
        ++counts[names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))];
    }
    std::vector<std::string> parts;
    for (const auto& [names, count] : counts) parts.push_back(fmt::format("{} ({})", names, count));
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::string question_row(const probe::QuestionEntry& question, std::span<const Verdict> verdicts) {
    std::vector<const Verdict*> judged;
    std::size_t all = 0;
    for (const Verdict& verdict : verdicts) {
        if (verdict.id != question.id) continue;
        ++all;
        if (verdict.judged()) judged.push_back(&verdict);
    }
    if (all == 0) return "";
    const auto unexplained = std::count_if(
        judged.begin(), judged.end(), [](const auto* verdict) { return !verdict->explained(); });
    return fmt::format("{:<11} {:<17} {:>6} {:>11} {:>11}  {}\n", question.id, question.title, all,
                       all - judged.size(), unexplained, answer(judged));
}

std::string judgement_lines(const Judgement& judgement, std::uint64_t elements) {
    if (!judgement.first) return fmt::format("    {}: agrees\n", judgement.hypothesis);
    const probe::Difference& first = *judgement.first;
    std::string text = fmt::format(
        "    {}: {} of {} elements differ; instruction {}, row {}, column {}: expected {:x}, got "
        "{:x}\n",
        judgement.hypothesis, judgement.differing, elements, first.instruction, first.row,
        first.column, first.expected, first.got);
    if (!first.label.empty()) text += fmt::format("      {}\n", first.label);
    return text;
}

std::string details(const Verdict& verdict) {
    std::string text =
        fmt::format("{}{}\n", verdict.probe, verdict.observation ? " (observation)" : "");
    if (!verdict.judged()) return text + fmt::format("    not judged: {}\n", verdict.problem);
    for (const Judgement& each : verdict.judgements) {
        text += judgement_lines(each, verdict.elements);
    }
    return text;
}

}  // namespace

std::string probe_table(const probe::Campaign& campaign, std::span<const Verdict> verdicts,
                        ProbeList list) {
    std::string text = fmt::format("{:<11} {:<17} {:>6} {:>11} {:>11}  {}\n", "probe", "title",
                                   "probes", "not judged", "unexplained", "agrees with");
    for (const probe::QuestionEntry& question : campaign.questions) {
        text += question_row(question, verdicts);
    }
    for (const Verdict& verdict : verdicts) {
        if (list == ProbeList::kAll || !verdict.explained()) text += details(verdict);
    }
    return text;
}

}  // namespace sptc::report
