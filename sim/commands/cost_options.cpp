#include "sim/commands/cost_options.hpp"

#include <CLI/CLI.hpp>

#include "models/base/error.hpp"

namespace sptc::commands {

void CostOptions::add_to(CLI::App& verb) {
    verb.add_option("--cost", profile,
                    "Estimate energy, energy-delay product and area with a table of costs (sptc "
                    "list costs)")
        ->capture_default_str();
    verb.add_option("--technology-nm", technology_nm,
                    "Scale the table to another technology (energy with the feature size, area "
                    "with its square)");
}

std::optional<cost::Profile> CostOptions::load() const {
    if (profile == "none") {
        if (technology_nm) throw base::ConfigError("--technology-nm belongs to --cost");
        return std::nullopt;
    }
    const cost::Profile& found = cost::find_profile(profile);
    return cost::scaled(found, technology_nm.value_or(found.technology_nm));
}

}  // namespace sptc::commands
