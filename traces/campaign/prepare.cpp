#include "traces/campaign/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/campaign/pack.hpp"
#include "traces/launch/mma_operand.hpp"

namespace sptc::campaign {
namespace {

constexpr int kLeastArchitecture = 80;  // the first with mma.sp

}  // namespace

Writer::Writer(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) {
        throw base::ConfigError(
            fmt::format("{}: cannot be created: {}", folder_.string(), error.message()));
    }
}

bool Writer::claim(const std::string& name) {
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) return false;
    names_.push_back(name);
    std::filesystem::create_directories((folder_ / name).parent_path());
    return true;
}

void Writer::add_text(const std::string& name, const std::string& text) {
    if (claim(name)) base::write_text(folder_ / name, text);
}

void Writer::add_bytes(const std::string& name, std::span<const std::byte> bytes) {
    if (claim(name)) base::write_bytes(folder_ / name, bytes);
}

void Writer::add_entry(cuda::CampaignEntry entry) { entries_.push_back(std::move(entry)); }

cuda::Campaign Writer::finish(const PrepareOptions& options) {
    cuda::Campaign campaign{launch::kGeneratorVersion, options.sptc_version, std::move(entries_)};
    add_text(std::string(cuda::kCampaignFile), cuda::campaign_text(campaign));
    write_pack(folder_, names_, folder_ / cuda::kPackFile);
    return campaign;
}

cuda::Campaign prepare(const std::filesystem::path& folder, const PrepareOptions& options) {
    Writer writer(folder);
    add_timing(writer, options);
    add_probes(writer, options);
    add_gemm(writer, options);
    add_corpus(writer, options);
    add_numerics(writer, options);
    return writer.finish(options);
}

const isa::Architecture* least_architecture(const isa::MmaForm& form,
                                            const isa::Architecture& newest) {
    const isa::Architecture* least = nullptr;
    for (const isa::Architecture& each : isa::architectures()) {
        if (each.number < kLeastArchitecture || each.number > newest.number) continue;
        if (!isa::has_form(each, form)) continue;
        if (least == nullptr || each.number < least->number) least = &each;
    }
    return least;
}

}  // namespace sptc::campaign
