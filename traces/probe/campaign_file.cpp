#include "traces/probe/campaign_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"

namespace sptc::probe {
namespace {

using Json = nlohmann::ordered_json;

/// A place in campaign.json, for reading with messages.
class Node {
  public:
    Node(const Json& json, std::string file, std::string pointer)
        : json_(json), file_(std::move(file)), pointer_(std::move(pointer)) {}

    /// Exactly these keys.
    void expect_keys(std::initializer_list<std::string_view> keys) const {
        if (!json_.is_object()) fail("expected an object");
        for (const auto& [key, value] : json_.items()) {
            if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
                fail(fmt::format("unknown key '{}'; expected {}", key, fmt::join(keys, ", ")));
            }
        }
        for (const std::string_view key : keys) {
            if (!json_.contains(key)) fail(fmt::format("'{}' is missing", key));
        }
    }
    [[nodiscard]] Node at(std::string_view key) const {
        return {json_.at(std::string(key)), file_, fmt::format("{}/{}", pointer_, key)};
    }
    [[nodiscard]] std::string text(std::string_view key) const {
        const Node node = at(key);
        if (!node.json_.is_string()) node.fail("expected a string");
        return node.json_.get<std::string>();
    }
    [[nodiscard]] std::uint64_t number() const {
        if (!json_.is_number_unsigned()) fail("expected a whole number");
        return json_.get<std::uint64_t>();
    }
    [[nodiscard]] bool flag() const {
        if (!json_.is_boolean()) fail("expected true or false");
        return json_.get<bool>();
    }
    [[nodiscard]] std::vector<Node> list() const {
        if (!json_.is_array()) fail("expected an array");
        std::vector<Node> nodes;
        for (std::size_t i = 0; i < json_.size(); ++i) {
            nodes.emplace_back(json_[i], file_, fmt::format("{}/{}", pointer_, i));
        }
        return nodes;
    }
    [[noreturn]] void fail(std::string_view message) const {
        throw base::ConfigError(
            fmt::format("{}: {}: {}", file_, pointer_.empty() ? "/" : pointer_, message));
    }

  private:
    const Json& json_;
    std::string file_;
    std::string pointer_;
};

Json to_json(const ProbeEntry& probe) {
    Json hypotheses = Json::array();
    for (const HypothesisEntry& each : probe.hypotheses) {
        hypotheses.push_back(
            {{"name", each.name}, {"statement", each.statement}, {"file", each.file}});
    }
    Json cases = Json::array();
    for (const CaseLabel& each : probe.cases) {
        cases.push_back(
            {{"instruction", each.instruction}, {"row", each.row}, {"text", each.text}});
    }
    return {{"name", probe.name},
            {"id", probe.id},
            {"form", probe.form},
            {"kernel", probe.kernel},
            {"launch", probe.launch},
            {"output", probe.output},
            {"instructions", probe.instructions},
            {"observation", probe.observation},
            {"hypotheses", hypotheses},
            {"cases", cases}};
}

ProbeEntry read_probe(const Node& node) {
    node.expect_keys({"name", "id", "form", "kernel", "launch", "output", "instructions",
                      "observation", "hypotheses", "cases"});
    ProbeEntry probe{.name = node.text("name"),
                     .id = node.text("id"),
                     .form = node.text("form"),
                     .kernel = node.text("kernel"),
                     .launch = node.text("launch"),
                     .output = node.text("output"),
                     .instructions = node.at("instructions").number(),
                     .observation = node.at("observation").flag(),
                     .hypotheses = {},
                     .cases = {}};
    for (const Node& each : node.at("hypotheses").list()) {
        each.expect_keys({"name", "statement", "file"});
        probe.hypotheses.push_back({each.text("name"), each.text("statement"), each.text("file")});
    }
    for (const Node& each : node.at("cases").list()) {
        each.expect_keys({"instruction", "row", "text"});
        probe.cases.push_back({each.at("instruction").number(),
                               static_cast<int>(each.at("row").number()), each.text("text")});
    }
    return probe;
}

}  // namespace

void write_campaign_file(const Campaign& campaign, const std::filesystem::path& folder) {
    Json document{{"schema", kSchema},
                  {"architecture", campaign.architecture},
                  {"seed", campaign.seed},
                  {"instructions", campaign.instructions}};
    document["questions"] = Json::array();
    for (const QuestionEntry& each : campaign.questions) {
        document["questions"].push_back(
            {{"id", each.id}, {"title", each.title}, {"question", each.question}});
    }
    document["probes"] = Json::array();
    for (const ProbeEntry& probe : campaign.probes) document["probes"].push_back(to_json(probe));
    base::write_text(folder / kCampaignFile, document.dump(1) + "\n");
}

Campaign read_campaign_file(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / kCampaignFile;
    const Json document = Json::parse(base::read_text(path), nullptr, false);
    const Node root(document, path.string(), "");
    if (document.is_discarded()) root.fail("not JSON");
    root.expect_keys({"schema", "architecture", "seed", "instructions", "questions", "probes"});
    if (root.text("schema") != kSchema) {
        root.fail(fmt::format("schema '{}', expected '{}'", root.text("schema"), kSchema));
    }
    Campaign campaign{.architecture = root.text("architecture"),
                      .seed = root.at("seed").number(),
                      .instructions = root.at("instructions").number(),
                      .questions = {},
                      .probes = {}};
    for (const Node& each : root.at("questions").list()) {
        each.expect_keys({"id", "title", "question"});
        campaign.questions.push_back({each.text("id"), each.text("title"), each.text("question")});
    }
    for (const Node& each : root.at("probes").list()) campaign.probes.push_back(read_probe(each));
    return campaign;
}

std::filesystem::path output_folder(const std::filesystem::path& outputs, const ProbeEntry& probe) {
    return outputs / probe.name;
}

}  // namespace sptc::probe
