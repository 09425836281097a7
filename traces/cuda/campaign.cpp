#include "traces/cuda/campaign.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "models/base/error.hpp"
#include "traces/cuda/json.hpp"
#include "traces/launch/json_fields.hpp"

namespace sptc::cuda {
namespace {

using Json = nlohmann::ordered_json;
using launch::Fields;

constexpr std::uint64_t kAny = UINT64_MAX;

std::string optional_text(const Fields& fields, std::string_view key) {
    return fields.find(key) != nullptr ? fields.string(key) : std::string();
}

LoopClocks read_loop(const Fields& fields) {
    LoopClocks loop;
    loop.buffer = optional_text(fields, "clocks");
    if (fields.find("more") == nullptr) return loop;
    constexpr std::uint64_t kMost = 1u << 31;
    loop.warps_per_cta = static_cast<std::uint32_t>(fields.integer("warps_per_cta", 1, 32));
    loop.more = static_cast<std::uint32_t>(fields.integer("more", 1, kMost));
    loop.fewer = static_cast<std::uint32_t>(fields.integer("fewer", 0, loop.more - 1));
    return loop;
}

CampaignEntry read_entry(const Fields& fields) {
    fields.expect_only({"name", "group", "kernel", "launch", "architecture", "form", "block_bytes",
                        "every", "clocks", "warps_per_cta", "fewer", "more", "warm_up", "repeats",
                        "made_by"});
    CampaignEntry entry;
    entry.name = fields.string("name");
    entry.group = fields.string("group");
    if (entry.group != "numerics" && entry.group != "timing" && entry.group != "gemm") {
        fields.fail("group",
                    fmt::format("found \"{}\", expected numerics, timing or gemm", entry.group));
    }
    entry.kernel = fields.string("kernel");
    entry.launch = fields.string("launch");
    entry.architecture = static_cast<int>(fields.integer("architecture", 50, 999));
    entry.form = optional_text(fields, "form");
    entry.keep.block_bytes = fields.integer("block_bytes", 0, kAny);
    entry.keep.every = fields.integer("every", 1, kAny);
    entry.loop = read_loop(fields);
    entry.timing.warm_up = static_cast<int>(fields.integer("warm_up", 0, 1000));
    entry.timing.repeats = static_cast<int>(fields.integer("repeats", 0, 1000));
    entry.made_by = optional_text(fields, "made_by");
    return entry;
}

Json entry_json(const CampaignEntry& entry) {
    Json json{{"name", entry.name},
              {"group", entry.group},
              {"kernel", entry.kernel},
              {"launch", entry.launch},
              {"architecture", entry.architecture},
              {"block_bytes", entry.keep.block_bytes},
              {"every", entry.keep.every},
              {"warm_up", entry.timing.warm_up},
              {"repeats", entry.timing.repeats}};
    if (!entry.form.empty()) json["form"] = entry.form;
    if (!entry.loop.buffer.empty()) json["clocks"] = entry.loop.buffer;
    if (entry.loop.more != 0) {
        json["warps_per_cta"] = entry.loop.warps_per_cta;
        json["fewer"] = entry.loop.fewer;
        json["more"] = entry.loop.more;
    }
    if (!entry.made_by.empty()) json["made_by"] = entry.made_by;
    return json;
}

}  // namespace

Json parse_json(const std::string& text, const std::string& file) {
    try {
        return Json::parse(text);
    } catch (const Json::exception& problem) {
        throw base::ConfigError(fmt::format("{}: {}", file, problem.what()));
    }
}

std::string campaign_text(const Campaign& campaign) {
    Json document{{"schema", kCampaignSchema},
                  {"generator", campaign.generator},
                  {"sptc", campaign.sptc_version},
                  {"entries", Json::array()}};
    for (const CampaignEntry& entry : campaign.entries) {
        document["entries"].push_back(entry_json(entry));
    }
    return document.dump(1) + "\n";
}

Campaign parse_campaign(const std::string& text, const std::string& file) {
    const Json document = parse_json(text, file);
    const Fields fields(document, file, "");
    fields.expect_only({"schema", "generator", "sptc", "entries"});
    if (fields.string("schema") != kCampaignSchema) {
        fields.fail("schema", fmt::format("found \"{}\", expected \"{}\"", fields.string("schema"),
                                          kCampaignSchema));
    }
    Campaign campaign{fields.integer("generator", 0, kAny), fields.string("sptc"), {}};
    std::set<std::string> names;
    for (std::size_t i = 0; i < fields.array("entries").size(); ++i) {
        const Fields element = fields.element("entries", i);
        campaign.entries.push_back(read_entry(element));
        if (!names.insert(campaign.entries.back().name).second) {
            element.fail("name", "stands twice: expected different names");
        }
    }
    return campaign;
}

}  // namespace sptc::cuda
