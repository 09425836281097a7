#include "sim/report/sanitizer_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace sptc::report {
namespace {

using sanitize::Finding;
using sanitize::Party;

std::string party_text(const Party& party) {
    return fmt::format("{} '{}', warp {}{}", party.location, party.opcode, party.warp,
                       party.lane ? fmt::format(", lane {}", *party.lane) : "");
}

std::string finding_text(const Finding& finding) {
    std::string text =
        fmt::format("{}: {}\n  at      {}, CTA {}\n", sanitize::name(finding.detector),
                    finding.what, party_text(finding.now), finding.cta);
    if (finding.before) text += fmt::format("  before  {}\n", party_text(*finding.before));
    std::string where = finding.place;
    if (finding.bytes != 0) {
        where += fmt::format(" (address 0x{:x}, {} bytes)", *finding.address, finding.bytes);
    }
    if (!where.empty()) text += fmt::format("  where   {}\n", where);
    text += fmt::format("  do      {}\n", finding.advice);
    if (finding.count > 1) text += fmt::format("  seen    {} times\n", finding.count);
    return text;
}

nlohmann::ordered_json party_json(const Party& party) {
    nlohmann::ordered_json json{{"location", party.location},
                                {"line", party.line},
                                {"opcode", party.opcode},
                                {"warp", party.warp}};
    if (party.lane) json["lane"] = *party.lane;
    return json;
}

}  // namespace

std::string sanitizer_text(const sanitize::Sanitizer& sanitizer) {
    const sanitize::Findings& findings = sanitizer.findings();
    if (findings.empty() && !sanitizer.detectors().watch()) return "";
    std::string text = fmt::format("sanitizer ({}): {} finding{}\n", sanitizer.detectors().text(),
                                   findings.all().size(), findings.all().size() == 1 ? "" : "s");
    for (const Finding& finding : findings.all()) text += finding_text(finding);
    if (findings.dropped() != 0) {
        text += fmt::format("... and {} more of other lines\n", findings.dropped());
    }
    return text;
}

void add_sanitizer(nlohmann::ordered_json& json, const sanitize::Sanitizer& sanitizer) {
    auto& member = json["sanitizer"];
    member["detectors"] = sanitizer.detectors().text();
    member["findings"] = nlohmann::ordered_json::array();
    for (const Finding& finding : sanitizer.findings().all()) {
        nlohmann::ordered_json one{{"detector", sanitize::name(finding.detector)},
                                   {"what", finding.what},
                                   {"count", finding.count},
                                   {"cta", finding.cta},
                                   {"at", party_json(finding.now)}};
        if (finding.before) one["before"] = party_json(*finding.before);
        if (finding.address) one["address"] = *finding.address;
        if (finding.bytes != 0) one["bytes"] = finding.bytes;
        one["where"] = finding.place;
        one["advice"] = finding.advice;
        member["findings"].push_back(std::move(one));
    }
    member["dropped"] = sanitizer.findings().dropped();
}

std::string failed_run_json(std::string_view schema, std::string_view version,
                            std::string_view error, const sanitize::Sanitizer& sanitizer) {
    nlohmann::ordered_json json{{"schema", schema}, {"version", version}, {"error", error}};
    add_sanitizer(json, sanitizer);
    return json.dump(2) + "\n";
}

}  // namespace sptc::report
