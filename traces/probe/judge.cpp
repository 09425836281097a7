#include "traces/probe/judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/probe/element.hpp"
#include "traces/probe/fragment_order.hpp"

namespace sptc::probe {
namespace {

using Bytes = std::vector<std::byte>;

/// The label that stands at the row, or the last one before it in the same instruction.
std::string label_of(const ProbeEntry& probe, std::uint64_t instruction, int row) {
    const auto after = std::find_if(probe.cases.begin(), probe.cases.end(), [&](const auto& each) {
        return each.instruction > instruction ||
               (each.instruction == instruction && each.row > row);
    });
    if (after == probe.cases.begin()) return "";
    const CaseLabel& label = *(after - 1);
    return label.instruction == instruction ? label.text : "";
}

Bytes read_exactly(const std::filesystem::path& path, std::uint64_t bytes) {
    Bytes content = base::read_bytes(path);
    if (content.size() != bytes) {
        throw base::ConfigError(
            fmt::format("{}: found {} bytes, expected {}", path.string(), content.size(), bytes));
    }
    return content;
}

Judgement compare(const ProbeEntry& probe, const HypothesisEntry& hypothesis,
                  const isa::MmaForm& form, const FragmentOrder& order, const Bytes& expected,
                  const Bytes& got) {
    Judgement judgement{.hypothesis = hypothesis.name, .differing = 0, .first = {}};
    if (expected == got) return judgement;
    const int bits = order.element_bits();
    for (std::size_t i = 0; i < order.elements() * probe.instructions; ++i) {
        const std::uint64_t wanted = get_element(expected, bits, i);
        const std::uint64_t found = get_element(got, bits, i);
        if (wanted == found) continue;
        if (judgement.differing++ > 0) continue;
        const isa::Coordinate& place = order.place(i % order.elements());
        const int row = place.matrix * form.m + place.row;
        const std::uint64_t instruction = i / order.elements();
        judgement.first = Difference{instruction, row,   place.column,
                                     wanted,      found, label_of(probe, instruction, row)};
    }
    return judgement;
}

void judge_probe(const ProbeEntry& probe, const std::filesystem::path& campaign,
                 const std::filesystem::path& outputs, Verdict& verdict) {
    const isa::MmaForm& form = *isa::parse_mma(probe.form).form;
    const FragmentOrder order(form, FragmentOrder::Operand::kD);
    verdict.elements = order.elements() * probe.instructions;
    const std::uint64_t bytes = order.bytes() * probe.instructions;
    const Bytes got = read_exactly(output_folder(outputs, probe) / (probe.output + ".bin"), bytes);
    for (const HypothesisEntry& hypothesis : probe.hypotheses) {
        const Bytes expected = read_exactly(campaign / hypothesis.file, bytes);
        verdict.judgements.push_back(compare(probe, hypothesis, form, order, expected, got));
    }
}

}  // namespace

bool Verdict::explained() const {
    return std::any_of(judgements.begin(), judgements.end(),
                       [](const Judgement& each) { return each.differing == 0; });
}

std::vector<Verdict> judge(const std::filesystem::path& campaign_folder,
                           const std::filesystem::path& outputs) {
    std::vector<Verdict> verdicts;
    for (const ProbeEntry& probe : read_campaign_file(campaign_folder).probes) {
        Verdict verdict;
        verdict.probe = probe.name;
        verdict.id = probe.id;
        verdict.observation = probe.observation;
        try {
            judge_probe(probe, campaign_folder, outputs, verdict);
        } catch (const base::ConfigError& error) {
            verdict.judgements.clear();
            verdict.problem = error.what();
        }
        verdicts.push_back(std::move(verdict));
    }
    return verdicts;
}

}  // namespace sptc::probe
