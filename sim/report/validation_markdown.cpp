#include <fmt/format.h>

#include <map>

#include "sim/report/validation_report.hpp"

namespace sptc::report {
namespace {

constexpr std::string_view kHead = R"(# Validation

Every published figure that the project may ship, against the simulator. This page is written by `scripts/make_validation`; do not edit it. The figures are data in
[tests/fidelity/timing](../tests/fidelity/timing), each with its source and the probe that reproduces it ([probes.md](probes.md)); `sptc validate` runs them.

A row is **fitted** when a constant of the GPU's configuration was chosen so that it comes out (the table says which): its error shows that the fit holds, not that the model is right.
All other rows are **predicted**. *Error* is the mean of abs(simulated - published) / published. *Beyond spread* counts from the nearest of all sources that state
the same quantity: nothing where the simulated figure lies between them. *Predicted* is the error of the predicted rows alone. Skipped rows say why.

)";

std::string percent(double fraction) { return fmt::format("{:.1f} %", 100 * fraction); }

std::string summary_line(const timing::GroupSummary& summary, const std::string& name) {
    if (summary.rows == 0) return fmt::format("| {} | 0 | 0 | {} | | | |\n", name, summary.skipped);
    const bool all_fitted = summary.rows == summary.fitted;
    return fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", name, summary.rows, summary.fitted,
                       summary.skipped, percent(summary.mean_error),
                       percent(summary.mean_beyond_spread),
                       all_fitted ? "" : percent(summary.mean_predicted));
}

std::string row_line(const timing::RowResult& row) {
    std::string remark = row.row.note;
    if (!row.row.fitted.empty())
        remark = "fitted: " + row.row.fitted + (remark.empty() ? "" : "; " + remark);
    return fmt::format("| {} | {} | {}, {} | {} {} | {} | {} | {} |\n", row.row.quantity,
                       row.row.gpu, row.row.source, row.row.where, figure(row.row.value),
                       row.row.unit, figure(*row.simulated), signed_error(row), remark);
}

constexpr std::string_view kRowHead =
    "| quantity | GPU | source | published | simulated | error | "
    "|\n|---|---|---|---|---|---|---|\n";

/// Skipped rows by reason: how many, and the first of them.
std::string skipped_rows(const timing::GroupResult& group) {
    std::map<std::string, std::pair<std::size_t, std::string>> reasons;
    for (const timing::RowResult& row : group.rows) {
        if (row.simulated) continue;
        auto& [count, first] = reasons[row.skipped];
        if (count++ == 0) first = row.row.quantity;
    }
    std::string text;
    for (const auto& [reason, rows] : reasons) {
        text += fmt::format("- {} skipped ({}{}): {}\n", rows.first, rows.second,
                            rows.first > 1 ? ", ..." : "", reason);
    }
    return text.empty() ? text : "\n" + text;
}

std::string group_text(const timing::GroupResult& group) {
    std::string text = fmt::format("\n## {}: {}\n", group.group.name, group.group.title);
    bool headed = false;
    for (const timing::RowResult& row : group.rows) {
        if (!row.simulated) continue;
        if (!headed) text += kRowHead;
        headed = true;
        text += row_line(row);
    }
    return text + skipped_rows(group);
}

std::string sources_text(const std::vector<timing::GroupResult>& groups) {
    std::map<std::string, std::string> sources;
    for (const timing::GroupResult& group : groups) {
        sources.insert(group.group.sources.begin(), group.group.sources.end());
    }
    std::string text = "\n## Sources\n| key | source |\n|---|---|\n";
    for (const auto& [key, source] : sources) text += fmt::format("| {} | {} |\n", key, source);
    return text;
}

}  // namespace

std::string validation_markdown(const std::vector<timing::GroupResult>& groups, std::size_t worst) {
    std::string text(kHead);
    text +=
        "| group | rows | fitted | skipped | error | beyond spread | predicted |\n"
        "|---|---|---|---|---|---|---|\n";
    for (const timing::GroupResult& group : groups)
        text += summary_line(group.summary(),
                             fmt::format("{} ({})", group.group.title, group.group.name));
    text += summary_line(timing::total(groups), "all");
    const auto rows = timing::worst_rows(groups, worst);
    text += fmt::format("\n## The {} rows with the greatest error\n{}", rows.size(), kRowHead);
    for (const timing::RowResult& row : rows) text += row_line(row);
    for (const timing::GroupResult& group : groups) text += group_text(group);
    return text + sources_text(groups);
}

}  // namespace sptc::report
