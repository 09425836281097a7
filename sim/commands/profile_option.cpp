#include "sim/commands/profile_option.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "models/base/file.hpp"
#include "sim/commands/version.hpp"
#include "sim/report/profile_report.hpp"

namespace sptc::commands {
namespace {

constexpr std::string_view kTable = "-";

}  // namespace

std::vector<ProfiledKernel> profiled_kernels(const run::LaunchResult& result) {
    std::vector<ProfiledKernel> kernels;
    for (const gpu::KernelResult& kernel : result.simulations)
        kernels.push_back({&kernel, result.kernel_text});
    return kernels;
}

void ProfileOption::add_to(CLI::App& verb) {
    verb.add_option("--profile", file,
                    "Where the time goes, by PTX line: issues, stalls, wavefronts, sectors; into "
                    "this JSON file,\nor as a table with -");
}

void ProfileOption::require_writable() const {
    if (wanted() && file != kTable) base::require_writable(file);
}

void ProfileOption::write(const std::vector<ProfiledKernel>& kernels) const {
    if (!wanted()) return;
    if (file == kTable) {
        for (const ProfiledKernel& each : kernels)
            fmt::print("{}", report::profile_table(*each.kernel, each.text));
        return;
    }
    nlohmann::ordered_json json{{"schema", "sptc.profile/1"}, {"version", kVersion}};
    json["kernels"] = nlohmann::ordered_json::array();
    for (const ProfiledKernel& each : kernels)
        json["kernels"].push_back(report::profile_json(*each.kernel, each.text));
    base::write_text(file, json.dump(1) + "\n");
}

}  // namespace sptc::commands
