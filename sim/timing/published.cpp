#include "sim/timing/published.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "sim/run/embedded_configs.hpp"
#include "traces/launch/json_fields.hpp"

namespace sptc::timing {
namespace {

using launch::Fields;

constexpr std::string_view kSchema = "sptc.published/1";

std::map<std::string, std::string> read_texts(const Fields& parent, std::string_view key) {
    const Fields fields(parent.at(key), parent.file(), parent.pointer(key));
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : fields.value().items()) texts[name] = fields.string(name);
    return texts;
}

std::string optional_text(const Fields& fields, std::string_view key) {
    return fields.find(key) == nullptr ? "" : fields.string(key);
}

PublishedRow read_row(const Fields& fields, const PublishedGroup& group) {
    fields.expect_only({"gpu", "source", "where", "quantity", "value", "unit", "probe",
                        "parameters", "metric", "clock_mhz", "fitted", "not_reproduced", "note"});
    PublishedRow row{
        .gpu = fields.string("gpu"),
        .source = fields.string("source"),
        .where = fields.string("where"),
        .quantity = fields.string("quantity"),
        .value = fields.real("value"),
        .unit = fields.string("unit"),
        .probe = {},
        .parameters = {},
        .metric = {},
        .clock_mhz = fields.find("clock_mhz") == nullptr ? 0 : fields.real("clock_mhz"),
        .fitted = optional_text(fields, "fitted"),
        .not_reproduced = optional_text(fields, "not_reproduced"),
        .note = optional_text(fields, "note")};
    if (!group.sources.contains(row.source))
        fields.fail("source", fmt::format("found '{}', expected a key of /sources", row.source));
    if (row.value <= 0) fields.fail("value", "expected a number above 0");
    if (row.clock_mhz < 0) fields.fail("clock_mhz", "expected a number above 0");
    if (!row.not_reproduced.empty()) return row;
    row.probe = fields.string("probe");
    row.parameters = read_texts(fields, "parameters");
    row.metric = fields.string("metric");
    return row;
}

}  // namespace

PublishedGroup read_published(std::string_view text, const std::string& file) {
    nlohmann::ordered_json json;
    try {
        json = nlohmann::ordered_json::parse(text);
    } catch (const nlohmann::json::parse_error& error) {
        throw base::ConfigError(fmt::format("{}: {}", file, error.what()));
    }
    const Fields fields(json, file, "");
    fields.expect_only({"schema", "group", "title", "slow", "sources", "rows"});
    if (const std::string schema = fields.string("schema"); schema != kSchema)
        fields.fail("schema", fmt::format("found '{}', expected {}", schema, kSchema));
    PublishedGroup group;
    group.name = fields.string("group");
    group.title = fields.string("title");
    const nlohmann::ordered_json& slow = fields.at("slow");
    if (!slow.is_boolean()) fields.fail("slow", "expected true or false");
    group.slow = slow.get<bool>();
    group.sources = read_texts(fields, "sources");
    for (std::size_t i = 0; i < fields.array("rows").size(); ++i)
        group.rows.push_back(read_row(fields.element("rows", i), group));
    return group;
}

std::vector<PublishedGroup> published_groups() {
    // From the sub-core outwards.
    constexpr std::array<std::string_view, 16> kOrder{
        "mma-latency", "mma-throughput", "mma-sparse",       "mma-warps", "mma-turing",
        "core",        "memory-issue",   "shared",           "sync",      "memory-operations",
        "l1-strides",  "memory-latency", "memory-bandwidth", "cp-async",  "gemm",
        "gemm-spatha"};
    std::vector<PublishedGroup> groups;
    for (const run::EmbeddedConfig& each : run::embedded_published_configs())
        groups.push_back(read_published(each.text, std::string(each.name) + ".json"));
    std::stable_sort(groups.begin(), groups.end(), [&](const auto& left, const auto& right) {
        return std::find(kOrder.begin(), kOrder.end(), left.name) <
               std::find(kOrder.begin(), kOrder.end(), right.name);
    });
    return groups;
}

}  // namespace sptc::timing
