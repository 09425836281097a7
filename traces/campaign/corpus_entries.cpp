#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/campaign/prepare.hpp"
#include "traces/launch/launch.hpp"

namespace sptc::campaign {
namespace {

namespace fs = std::filesystem;

/// FOLDER/NAME/launch.json goes with NAME.ptx beside it, NAME.launch.json with NAME.ptx.
fs::path kernel_of(const fs::path& launch) {
    const std::string file = launch.filename().string();
    constexpr std::string_view kSuffix = ".launch.json";
    const std::string stem = file == "launch.json" ? launch.parent_path().filename().string()
                                                   : file.substr(0, file.size() - kSuffix.size());
    return launch.parent_path() / (stem + ".ptx");
}

std::vector<fs::path> launches_below(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& each : fs::recursive_directory_iterator(folder, error)) {
        const std::string file = each.path().filename().string();
        if (file != "launch.json" && !file.ends_with(".launch.json")) continue;
        if (fs::exists(kernel_of(each.path()))) found.push_back(each.path());
    }
    if (error) {
        throw base::ConfigError(
            fmt::format("{}: cannot be listed: {}", folder.string(), error.message()));
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// The files that a launch file names: contents of buffers and expected outputs.
std::vector<std::string> files_of(const fs::path& launch) {
    const auto document = nlohmann::json::parse(base::read_text(launch));
    std::vector<std::string> files;
    const auto take = [&](const nlohmann::json& each, const char* key) {
        if (each.is_object() && each.contains(key)) files.push_back(each[key]);
    };
    if (document.contains("buffers")) {
        for (const auto& [name, buffer] : document["buffers"].items()) take(buffer, "file");
    }
    if (document.contains("outputs")) {
        for (const auto& output : document["outputs"]) take(output, "expected");
    }
    return files;
}

void add_launch(Writer& writer, const fs::path& file) {
    const fs::path kernel = kernel_of(file);
    const std::string folder = "corpus/" + kernel.stem().string();
    const launch::Launch launch = launch::read_launch(file);  // it must be valid
    cuda::CampaignEntry entry;
    entry.name = folder;
    entry.group = "gemm";
    entry.kernel = fmt::format("{}/{}", folder, kernel.filename().string());
    entry.launch = fmt::format("{}/launch.json", folder);
    entry.architecture = 80;
    const bool timed =
        std::find(launch.outputs.begin(), launch.outputs.end(), "cycles") != launch.outputs.end();
    if (timed) entry.loop.buffer = "cycles";
    writer.add_text(entry.kernel, base::read_text(kernel));
    writer.add_text(entry.launch, base::read_text(file));
    for (const std::string& name : files_of(file)) {
        writer.add_bytes(fmt::format("{}/{}", folder, name),
                         base::read_bytes(file.parent_path() / name));
    }
    writer.add_entry(std::move(entry));
}

}  // namespace

void add_corpus(Writer& writer, const PrepareOptions& options) {
    for (const std::string& folder : options.corpus) {
        for (const fs::path& launch : launches_below(folder)) add_launch(writer, launch);
    }
}

}  // namespace sptc::campaign
