#pragma once
#include <optional>
#include <string>
#include <vector>

#include "models/gpu/gpu_spec.hpp"
#include "sim/run/gpu_override.hpp"

namespace CLI {
class App;
}

namespace sptc::commands {

/// Which GPU a verb simulates: a description, and numbers of it that are to be different.
struct GpuOptions {
    std::string name = "a100";
    std::optional<double> clock_mhz;
    std::vector<std::string> changes;  ///< "/POINTER=NUMBER"

    void add_to(CLI::App& verb, const std::string& default_text = "");
    /// Throws ConfigError.
    [[nodiscard]] gpu::GpuSpec load() const;
    [[nodiscard]] std::vector<run::GpuOverride> overrides() const;
};

}  // namespace sptc::commands
