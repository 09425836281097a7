#include "sim/run/probe_run.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"
#include "sim/run/launch_run.hpp"
#include "sim/run/progress.hpp"
#include "traces/probe/campaign_file.hpp"

namespace sptc::run {

CampaignRun run_campaign(const std::filesystem::path& campaign_folder, const gpu::GpuSpec& gpu,
                         const std::filesystem::path& outputs) {
    const probe::Campaign campaign = probe::read_campaign_file(campaign_folder);
    if (campaign.architecture != gpu.arch) {
        throw base::ConfigError(fmt::format(
            "{}: the campaign is for {}, the GPU {} is {}; `sptc probe numerics --arch "
            "{}` writes one for it",
            campaign_folder.string(), campaign.architecture, gpu.name, gpu.arch, gpu.arch));
    }
    CampaignRun result;
    Progress progress("probe simulate");
    for (std::size_t i = 0; i < campaign.probes.size(); ++i) {
        const probe::ProbeEntry& entry = campaign.probes[i];
        progress.update(static_cast<double>(i) / static_cast<double>(campaign.probes.size()),
                        entry.name);
        LaunchRequest request;
        request.gpu = gpu;
        request.ptx_file = (campaign_folder / entry.kernel).string();
        request.launch_file = (campaign_folder / entry.launch).string();
        request.out_directory = probe::output_folder(outputs, entry).string();
        try {
            (void)run_launch(request);
            ++result.executed;
        } catch (const base::Error& error) {
            result.failed.push_back({entry.name, error.what()});
        }
    }
    return result;
}

}  // namespace sptc::run
