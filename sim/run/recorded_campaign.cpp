#include "sim/run/recorded_campaign.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "models/base/sha256.hpp"

namespace sptc::run {

RecordedCampaign::RecordedCampaign(const std::filesystem::path& recording,
                                   const std::string& campaign_sha256)
    : pack_((recording / cuda::kPackFile).string()),
      damaged_(campaign::unpack(pack_, scratch_.path())) {
    const std::string content = text(std::string(cuda::kCampaignFile));
    const std::string named = fmt::format("{}: {}", pack_, cuda::kCampaignFile);
    if (const std::string found = base::sha256_hex(content); found != campaign_sha256) {
        throw base::ConfigError(
            fmt::format("{} has the SHA-256 {}, but {} was recorded: it was changed and is refused",
                        named, found, campaign_sha256));
    }
    campaign_ = cuda::parse_campaign(content, named);
}

std::string RecordedCampaign::text(const std::string& name) const {
    if (std::filesystem::exists(scratch_.path() / name)) {
        return base::read_text(scratch_.path() / name);
    }
    std::string reason = "it holds no such file";
    for (const campaign::DamagedFile& each : damaged_) {
        if (each.name == name) {
            reason = each.problem;
            break;
        }
        if (each.name.empty()) reason += "; damaged " + each.problem;
    }
    throw base::ConfigError(fmt::format("{}: {}: {}", pack_, name, reason));
}

std::string RecordedCampaign::as_packed(std::string message) const {
    const std::string folder = scratch_.path().string() + "/";
    for (std::size_t at = 0; (at = message.find(folder, at)) != std::string::npos;) {
        message.replace(at, folder.size(), pack_ + ": ");
    }
    return message;
}

}  // namespace sptc::run
