#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "traces/probe/probe.hpp"

namespace sptc::probe {

/// The "schema" of campaign.json, and its name in a campaign's folder.
inline constexpr std::string_view kSchema = "sptc.probes/1";
inline constexpr std::string_view kCampaignFile = "campaign.json";

/// What campaign.json says of a hypothesis: where its D lies, in the order of the output buffer.
struct HypothesisEntry {
    std::string name;
    std::string statement;
    std::string file;
};

/// What campaign.json says of a probe. Files are relative to the campaign's folder.
struct ProbeEntry {
    std::string name;
    std::string id;
    std::string form;  ///< the instruction as PTX spells it
    std::string kernel;
    std::string launch;
    std::string output;  ///< the launch's buffer to compare
    std::uint64_t instructions = 0;
    bool observation = false;
    std::vector<HypothesisEntry> hypotheses;
    std::vector<CaseLabel> cases;
};

struct QuestionEntry {
    std::string id, title, question;
};

struct Campaign {
    std::string architecture;
    std::uint64_t seed = 0;
    std::uint64_t instructions = 0;  ///< CampaignOptions
    std::vector<QuestionEntry> questions;
    std::vector<ProbeEntry> probes;
};

void write_campaign_file(const Campaign& campaign, const std::filesystem::path& folder);

/// Throws ConfigError naming the file and the JSON pointer: not this schema, a missing, unknown or
/// mistyped key.
[[nodiscard]] Campaign read_campaign_file(const std::filesystem::path& folder);

/// Where the outputs of a probe are: OUTPUTS/<name>/<output>.bin.
[[nodiscard]] std::filesystem::path output_folder(const std::filesystem::path& outputs,
                                                  const ProbeEntry& probe);

}  // namespace sptc::probe
