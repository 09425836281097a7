#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "sim/run/scratch_folder.hpp"
#include "traces/campaign/pack.hpp"
#include "traces/cuda/campaign.hpp"
#include "traces/cuda/recording.hpp"

namespace sptc::run {

/// The campaign that a recording carries, unpacked into a folder that vanishes with it.
class RecordedCampaign {
  public:
    /// Throws ConfigError when campaign.pack is no archive, or its campaign.json is damaged or not
    /// the one that was recorded. Other damage is told by text() and damaged().
    RecordedCampaign(const std::filesystem::path& recording, const std::string& campaign_sha256);

    [[nodiscard]] const cuda::Campaign& campaign() const { return campaign_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return scratch_.path(); }
    [[nodiscard]] const std::vector<campaign::DamagedFile>& damaged() const { return damaged_; }

    /// A file of the campaign. Throws ConfigError that names the archive and the file when it is
    /// damaged or missing.
    [[nodiscard]] std::string text(const std::string& name) const;
    /// Names the archive where a message names the folder that nobody has seen.
    [[nodiscard]] std::string as_packed(std::string message) const;

  private:
    ScratchFolder scratch_;
    std::string pack_;
    std::vector<campaign::DamagedFile> damaged_;
    cuda::Campaign campaign_;
};

}  // namespace sptc::run
