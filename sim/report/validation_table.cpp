#include <fmt/format.h>

#include <algorithm>

#include "sim/report/validation_report.hpp"

namespace sptc::report {
namespace {

constexpr double kPercent = 100;

std::string summary_line(const timing::GroupSummary& summary) {
    if (summary.rows == 0)
        return fmt::format("{:<18} {:>5} {:>7} {:>8} {:>8} {:>10} {:>10}\n", summary.name, 0, 0,
                           summary.skipped, "-", "-", "-");
    return fmt::format("{:<18} {:>5} {:>7} {:>8} {:>6.1f} % {:>8.1f} % {:>8.1f} %\n", summary.name,
                       summary.rows, summary.fitted, summary.skipped, kPercent * summary.mean_error,
                       kPercent * summary.mean_beyond_spread, kPercent * summary.mean_predicted);
}

std::string row_line(const timing::RowResult& row, std::size_t width) {
    const std::string head =
        fmt::format("  {:<15} {:<6} {:<{}}  {:>10}", row.row.gpu, row.row.source, row.row.quantity,
                    width, figure(row.row.value));
    if (!row.simulated) return fmt::format("{}  {}\n", head, row.skipped);
    return fmt::format("{} {:>10} {:>9}  {}{}\n", head, figure(*row.simulated), signed_error(row),
                       row.row.unit, row.row.fitted.empty() ? "" : ", fitted");
}

std::size_t longest_quantity(const std::vector<timing::RowResult>& rows) {
    std::size_t width = 8;
    for (const timing::RowResult& row : rows) width = std::max(width, row.row.quantity.size());
    return width;
}

std::string row_head(std::size_t width) {
    return fmt::format("  {:<15} {:<6} {:<{}}  {:>10} {:>10} {:>9}\n", "gpu", "source", "quantity",
                       width, "published", "simulated", "error");
}

}  // namespace

std::string figure(double value) { return fmt::format("{:.5g}", value); }

std::string signed_error(const timing::RowResult& row) {
    if (!row.simulated) return "";
    return fmt::format("{:+.1f} %", kPercent * (*row.simulated - row.row.value) / row.row.value);
}

std::string validation_table(const std::vector<timing::GroupResult>& groups, std::size_t worst) {
    std::string text;
    for (const timing::GroupResult& group : groups) {
        const std::size_t width = longest_quantity(group.rows);
        text += fmt::format("{}: {}\n{}", group.group.name, group.group.title, row_head(width));
        for (const timing::RowResult& row : group.rows) text += row_line(row, width);
        text += "\n";
    }
    const std::vector<timing::RowResult> rows = timing::worst_rows(groups, worst);
    if (!rows.empty()) {
        const std::size_t width = longest_quantity(rows);
        text +=
            fmt::format("the {} rows with the greatest error\n{}", rows.size(), row_head(width));
        for (const timing::RowResult& row : rows) text += row_line(row, width);
        text += "\n";
    }
    text += fmt::format("{:<18} {:>5} {:>7} {:>8} {:>8} {:>10} {:>10}\n", "group", "rows", "fitted",
                        "skipped", "error", "beyond", "predicted");
    for (const timing::GroupResult& group : groups) text += summary_line(group.summary());
    text += summary_line(timing::total(groups));
    text +=
        "error: mean absolute percentage error; beyond: from the nearest of all sources of a "
        "quantity;\npredicted: of the rows on which nothing was fitted\n";
    return text;
}

}  // namespace sptc::report
