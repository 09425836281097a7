#include <fmt/format.h>

#include <algorithm>

#include "sim/report/validation_report.hpp"

namespace sptc::report {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>sptc validation</title><style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em }
table { border-collapse: collapse; margin-bottom: 2em; width: 100% }
th, td { border-bottom: 1px solid #ddd; padding: 2px 8px; text-align: left }
td.number, th.number { text-align: right; white-space: nowrap }
tr.skipped td { color: #888 }
.bar { background: #c33; display: inline-block; height: 9px }
.fitted .bar { background: #999 }
</style></head><body>
<h1>Published figures against the simulator</h1>
<p>Grey bars: rows on which a constant was fitted. Beyond spread: from the nearest of all sources
of a quantity. Predicted: rows on which nothing was fitted.</p>
)";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else {
            out += c;
        }
    }
    return out;
}

std::string percent(double fraction) { return fmt::format("{:.1f} %", 100 * fraction); }

std::string summary_row(const timing::GroupSummary& summary, const std::string& title) {
    std::string text = fmt::format(
        "<tr><td>{}</td><td class=number>{}</td><td class=number>{}</td><td class=number>{}</td>",
        escaped(title), summary.rows, summary.fitted, summary.skipped);
    for (const double value :
         {summary.mean_error, summary.mean_beyond_spread, summary.mean_predicted}) {
        text += fmt::format("<td class=number>{}</td>",
                            summary.rows == 0 ? std::string() : percent(value));
    }
    return text + "</tr>\n";
}

std::string row_html(const timing::RowResult& row) {
    const timing::PublishedRow& published = row.row;
    const std::string head =
        fmt::format("<td>{}</td><td>{}</td><td>{}, {}</td><td class=number>{} {}</td>",
                    escaped(published.quantity), escaped(published.gpu), escaped(published.source),
                    escaped(published.where), figure(published.value), escaped(published.unit));
    if (!row.simulated)
        return fmt::format("<tr class=skipped>{}<td colspan=3>{}</td></tr>\n", head,
                           escaped(row.skipped));
    constexpr double kPixelsPerUnit = 200;  // an error of 100 %
    return fmt::format(
        "<tr{}>{}<td class=number>{}</td><td class=number>{}</td><td><span class=bar "
        "style=\"width:{:.0f}px\"></span> {}</td></tr>\n",
        published.fitted.empty() ? "" : " class=fitted", head, figure(*row.simulated),
        signed_error(row), std::min(row.error(), 1.0) * kPixelsPerUnit,
        escaped(published.fitted.empty() ? published.note : "fitted: " + published.fitted));
}

constexpr std::string_view kRowHead =
    "<table><tr><th>quantity<th>GPU<th>source<th class=number>published<th "
    "class=number>simulated<th class=number>error<th></tr>\n";

}  // namespace

std::string validation_html(const std::vector<timing::GroupResult>& groups, std::size_t worst) {
    std::string text(kHead);
    text +=
        "<table><tr><th>group<th class=number>rows<th class=number>fitted<th "
        "class=number>skipped<th class=number>error<th class=number>beyond spread<th "
        "class=number>predicted</tr>\n";
    for (const timing::GroupResult& group : groups)
        text += summary_row(group.summary(), group.group.title);
    text += summary_row(timing::total(groups), "all") + "</table>\n";
    text += fmt::format("<h2>Greatest errors</h2>\n{}", kRowHead);
    for (const timing::RowResult& row : timing::worst_rows(groups, worst)) text += row_html(row);
    text += "</table>\n";
    for (const timing::GroupResult& group : groups) {
        text += fmt::format("<h2>{}</h2>\n{}", escaped(group.group.title), kRowHead);
        for (const timing::RowResult& row : group.rows) text += row_html(row);
        text += "</table>\n";
    }
    return text + "</body></html>\n";
}

}  // namespace sptc::report
