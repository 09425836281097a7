#include <nlohmann/json.hpp>

#include "sim/report/validation_report.hpp"

namespace sptc::report {
namespace {

using nlohmann::ordered_json;

ordered_json row_json(const timing::RowResult& result) {
    const timing::PublishedRow& row = result.row;
    ordered_json json{{"gpu", row.gpu},           {"source", row.source}, {"where", row.where},
                      {"quantity", row.quantity}, {"unit", row.unit},     {"published", row.value}};
    if (result.simulated) {
        json["simulated"] = *result.simulated;
        json["error"] = result.error();
        json["error_beyond_spread"] = result.error_beyond_spread();
    } else {
        json["skipped"] = result.skipped;
    }
    if (!row.probe.empty()) {
        json["probe"] = row.probe;
        json["parameters"] = row.parameters;
        json["metric"] = row.metric;
    }
    if (!row.fitted.empty()) json["fitted"] = row.fitted;
    if (!row.note.empty()) json["note"] = row.note;
    return json;
}

void add_summary(ordered_json& json, const timing::GroupSummary& summary) {
    json["rows"] = summary.rows;
    json["fitted"] = summary.fitted;
    json["skipped"] = summary.skipped;
    if (summary.rows == 0) return;
    json["mean_error"] = summary.mean_error;
    json["mean_error_beyond_spread"] = summary.mean_beyond_spread;
    json["mean_error_predicted"] = summary.mean_predicted;
}

}  // namespace

std::string validation_json(const std::vector<timing::GroupResult>& groups,
                            std::string_view version) {
    ordered_json json{{"schema", "sptc.validation/1"}, {"version", version}};
    json["groups"] = ordered_json::array();
    for (const timing::GroupResult& group : groups) {
        ordered_json entry{{"group", group.group.name},
                           {"title", group.group.title},
                           {"sources", group.group.sources}};
        add_summary(entry, group.summary());
        entry["figures"] = ordered_json::array();
        for (const timing::RowResult& row : group.rows) entry["figures"].push_back(row_json(row));
        json["groups"].push_back(std::move(entry));
    }
    add_summary(json["total"], timing::total(groups));
    return json.dump(2) + "\n";
}

}  // namespace sptc::report
