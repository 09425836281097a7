#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "traces/probe/campaign_file.hpp"

namespace sptc::probe {

/// The first element that a hypothesis predicts otherwise.
struct Difference {
    std::uint64_t instruction;
    int row;  ///< of all matrices together
    int column;
    std::uint64_t expected;  ///< bits
    std::uint64_t got;
    std::string label;  ///< what the row asks, where the campaign says it
};

/// A hypothesis against what came out.
struct Judgement {
    std::string hypothesis;
    std::uint64_t differing = 0;      ///< elements of D
    std::optional<Difference> first;  ///< absent when all agree
};

/// One probe of a campaign.
struct Verdict {
    std::string probe;  ///< its name
    std::string id;
    bool observation = false;
    std::uint64_t elements = 0;         ///< of D
    std::vector<Judgement> judgements;  ///< in the campaign's order
    std::string problem;                ///< why it could not be judged; empty when it was

    [[nodiscard]] bool judged() const { return problem.empty(); }
    /// Does a hypothesis agree with every bit?
    [[nodiscard]] bool explained() const;
};

/// Compares the outputs OUTPUTS/<probe>/D.bin of every probe with its predictions. A probe whose
/// files are missing or damaged is a verdict with a problem and does not stop the others. Throws
/// ConfigError when campaign.json cannot be read.
[[nodiscard]] std::vector<Verdict> judge(const std::filesystem::path& campaign_folder,
                                         const std::filesystem::path& outputs);

}  // namespace sptc::probe
