#pragma once
#include <string>
#include <string_view>

#include "traces/launch/device_memory.hpp"
#include "traces/sanitize/sanitizer.hpp"

namespace CLI {
class App;
}

namespace sptc::commands {

/// --sanitize of the verbs that execute kernels.
struct SanitizeOptions {
    std::string detectors = "memory";

    void add_to(CLI::App& verb);
    /// Throws ConfigError when a detector needs values and they are off.
    [[nodiscard]] sanitize::Sanitizer make(launch::Values values) const;
    /// Does a detector need values?
    [[nodiscard]] bool needs_values() const;
};

/// A run has been ended by an error: prints what the sanitizer found, and writes it to `json_file`
/// unless that is empty or only faults were looked for.
void report_failed_run(const sanitize::Sanitizer& sanitizer, const std::string& json_file,
                       std::string_view schema, std::string_view error);

}  // namespace sptc::commands
