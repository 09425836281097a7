#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "traces/cuda/campaign.hpp"
#include "traces/cuda/recording.hpp"

namespace sptc::cuda {

/// Runs one entry on a GPU; its files stand in the folder `campaign`.
/// Never throws: what goes wrong becomes Answer::problem.
[[nodiscard]] Answer answer_entry(Gpu& gpu, const CampaignEntry& entry,
                                  const std::filesystem::path& campaign);

struct RecordOptions {
    double minutes = 8;  ///< entries that this leaves no time for are recorded as not run
    std::function<void(double done, std::string_view entry)> progress;
};

/// Runs a campaign and writes its recording: recording.json, answers.bin and a copy of
/// campaign.pack. Throws ConfigError when the campaign cannot be read or the recording cannot be
/// written.
Recording record_campaign(Gpu& gpu, const std::filesystem::path& campaign,
                          const std::filesystem::path& out, const RecordOptions& options);

}  // namespace sptc::cuda
