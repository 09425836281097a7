#include "sim/sweep/report_page.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "sim/report/html_page.hpp"
#include "sim/report/page_assets.hpp"
#include "sim/sweep/parameters.hpp"
#include "sim/sweep/schema.hpp"

namespace sptc::sweep {
namespace {

using nlohmann::ordered_json;

ordered_json json_value(const Statement& row, int column) {
    switch (row.kind(column)) {
        case ColumnKind::kNull:
            return nullptr;
        case ColumnKind::kInteger:
            return row.integer(column);
        case ColumnKind::kReal:
            return row.real(column);
        case ColumnKind::kText:
            break;
    }
    return row.text(column);
}

/// JSON that the program wrote itself; null where there is none.
ordered_json stored_json(const Statement& row, int column) {
    if (row.kind(column) == ColumnKind::kNull) return nullptr;
    return ordered_json::parse(row.text(column));
}

ordered_json points(Sqlite& results) {
    std::string sql =
        "SELECT sweep, ordinal, status, error, version, hash, gpu_hash, parameters, result";
    const int fixed = 9;
    for (const ResultColumn& column : result_columns()) sql += fmt::format(", {}", column.name);
    Statement row(results, sql + " FROM results ORDER BY sweep, ordinal, hash");
    auto all = ordered_json::array();
    while (row.step()) {
        ordered_json point;
        for (int i = 0; i < 7; ++i) point[row.name(i)] = json_value(row, i);
        point["parameters"] = stored_json(row, 7);
        point["result"] = stored_json(row, 8);
        ordered_json& figures = point["figures"];
        for (int i = fixed; i < row.columns(); ++i) figures[row.name(i)] = json_value(row, i);
        all.push_back(std::move(point));
    }
    return all;
}

ordered_json columns() {
    auto all = ordered_json::array();
    for (const ResultColumn& column : result_columns()) {
        all.push_back({{"name", column.name}, {"unit", column.unit}, {"note", column.note}});
    }
    return all;
}

ordered_json parameter_notes() {
    auto all = ordered_json::object();
    for (const Parameter& parameter : parameter_table()) {
        all[std::string(parameter.name)] = parameter.legal;
    }
    return all;
}

ordered_json gpus(Sqlite& results) {
    auto all = ordered_json::object();
    Statement row(results, "SELECT hash, name, description FROM gpus");
    while (row.step()) {
        all[row.text(0)] = {{"name", row.text(1)}, {"description", stored_json(row, 2)}};
    }
    return all;
}

/// "demo: what it asks; other: ...".
std::string subtitle(Sqlite& results) {
    std::string text;
    Statement row(results, "SELECT name, file ->> '$.description' FROM sweeps ORDER BY name");
    while (row.step()) {
        if (!text.empty()) text += "; ";
        text += row.text(0);
        if (!row.text(1).empty()) text += ": " + row.text(1);
    }
    return text;
}

}  // namespace

std::string report_page(Sqlite& results, std::string_view version) {
    ordered_json data;
    data["points"] = points(results);
    if (data["points"].empty()) {
        throw base::ConfigError(fmt::format("{}: holds no points yet", results.path()));
    }
    data["columns"] = columns();
    data["parameters"] = parameter_notes();
    data["gpus"] = gpus(results);
    return report::html_page(
        {.title = "Design space of a Sparse Tensor Core",
         .subtitle = subtitle(results),
         .body = {},
         .data = data.dump(-1, ' ', false, ordered_json::error_handler_t::replace),
         .script = report::sweep_script(),
         .charts = report::Charts::kVega,
         .footer = fmt::format("Simulated by sptc {}. Charts: Vega-Lite.", version)});
}

}  // namespace sptc::sweep
