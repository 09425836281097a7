#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "traces/cuda/gpu.hpp"
#include "traces/cuda/kept_output.hpp"

namespace sptc::cuda {

/// The "schema" of campaign.json, its name, and that of the archive beside it.
inline constexpr std::string_view kCampaignSchema = "sptc.campaign/1";
inline constexpr std::string_view kCampaignFile = "campaign.json";
inline constexpr std::string_view kPackFile = "campaign.pack";

/// The output that holds what the kernel read of %clock64, in 64-bit words. Of timed loops every
/// warp writes begin and end, first of a run of `fewer` iterations (unless that is 0), then of
/// `more`: the difference is what iterations take. Without `more`, words are elapsed cycles.
struct LoopClocks {
    std::string buffer;  ///< empty: nothing is timed so
    std::uint32_t warps_per_cta = 1;
    std::uint32_t fewer = 0;
    std::uint32_t more = 0;
};

/// One launch of a campaign. Files are relative to the campaign's folder.
struct CampaignEntry {
    std::string name;   ///< "mma/m16n8k16...", unique
    std::string group;  ///< numerics, timing or gemm
    std::string kernel;
    std::string launch;
    int architecture = 80;  ///< the least compute capability that can load the kernel
    std::string form;       ///< the instruction of numerics entries; else empty
    KeepRule keep;          ///< of all outputs but clocks
    LoopClocks loop;
    TimingPlan timing;
    std::string made_by;  ///< how today's generator is asked for this kernel; else empty
};

struct Campaign {
    std::uint64_t generator = 0;  ///< launch::kGeneratorVersion when it was written
    std::string sptc_version;
    std::vector<CampaignEntry> entries;
};

[[nodiscard]] std::string campaign_text(const Campaign& campaign);

/// Reads the text of a campaign.json; `file` is for messages. Throws ConfigError naming the file
/// and the JSON pointer.
[[nodiscard]] Campaign parse_campaign(const std::string& text, const std::string& file);

}  // namespace sptc::cuda
