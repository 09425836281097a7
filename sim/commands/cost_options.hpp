#pragma once
#include <optional>
#include <string>

#include "models/cost/profile.hpp"

namespace CLI {
class App;
}

namespace sptc::commands {

/// Whether and with which table a verb estimates energy and area.
struct CostOptions {
    std::string profile = "none";
    std::optional<double> technology_nm;

    void add_to(CLI::App& verb);
    /// nullopt for none. Throws ConfigError.
    [[nodiscard]] std::optional<cost::Profile> load() const;
};

}  // namespace sptc::commands
