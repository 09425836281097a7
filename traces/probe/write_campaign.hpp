#pragma once
#include <filesystem>
#include <functional>
#include <string_view>

#include "traces/launch/launch.hpp"
#include "traces/probe/campaign_file.hpp"
#include "traces/probe/numerics_campaign.hpp"

namespace sptc::probe {

/// The launch of a probe: buffers A, B, C, E (when sparse) with their content, and the output D,
/// all in fragment order.
[[nodiscard]] launch::Launch probe_launch(const NumericsProbe& probe);

/// D of every instruction as a hypothesis has it, in the order of the output buffer.
[[nodiscard]] std::vector<std::byte> predicted_output(const NumericsProbe& probe,
                                                      const Hypothesis& hypothesis);

/// Writes a campaign into a folder, which is created:
///   campaign.json                 what there is (campaign_file.hpp)
///   kernels/<instruction>.ptx     one kernel for all probes of an instruction
///   <probe>/launch.json           with A.bin, B.bin, C.bin, E.bin beside it
///   <probe>/predicted_<i>.bin     one for hypotheses that agree
/// The same options give the same bytes. `progress`, if any, is told the fraction that is done and
/// the name of the next probe. Throws ConfigError.
Campaign write_campaign(const std::filesystem::path& folder, const isa::Architecture& architecture,
                        const CampaignOptions& options,
                        const std::function<void(double, std::string_view)>& progress);

}  // namespace sptc::probe
