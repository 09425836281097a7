#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "models/gpu/gpu_spec.hpp"

namespace sptc::run {

/// A probe that the simulator did not execute, and why.
struct FailedProbe {
    std::string probe;
    std::string problem;
};

/// What became of a campaign.
struct CampaignRun {
    std::size_t executed = 0;
    std::vector<FailedProbe> failed;
};

/// Runs every kernel of a campaign (traces/probe/write_campaign.hpp) as `sptc run` does, with
/// values, and writes each probe's outputs into OUTPUTS/<probe>/. A kernel that fails does not stop
/// the others. Throws ConfigError when campaign.json cannot be read or is for another architecture.
[[nodiscard]] CampaignRun run_campaign(const std::filesystem::path& campaign_folder,
                                       const gpu::GpuSpec& gpu,
                                       const std::filesystem::path& outputs);

}  // namespace sptc::run
