#include "sim/commands/sanitize_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/commands/version.hpp"
#include "sim/report/sanitizer_report.hpp"

namespace sptc::commands {

void SanitizeOptions::add_to(CLI::App& verb) {
    verb.add_option("--sanitize", detectors,
                    "Look for bugs of the kernel: some of memory, race, init, async and sync,\n"
                    "joined by commas; all; none (docs/sanitizer.md). All but memory need values")
        ->capture_default_str();
}

bool SanitizeOptions::needs_values() const { return sanitize::parse_detectors(detectors).watch(); }

sanitize::Sanitizer SanitizeOptions::make(launch::Values values) const {
    const sanitize::Detectors chosen = sanitize::parse_detectors(detectors);
    if (chosen.watch() && values == launch::Values::kOff) {
        throw base::ConfigError(fmt::format(
            "--sanitize {} watches data that --values off does not compute: use --values on",
            detectors));
    }
    return sanitize::Sanitizer(chosen);
}

void report_failed_run(const sanitize::Sanitizer& sanitizer, const std::string& json_file,
                       std::string_view schema, std::string_view error) {
    fmt::print("{}", report::sanitizer_text(sanitizer));
    std::fflush(stdout);  // the error follows on the other stream
    if (json_file.empty() || !sanitizer.detectors().watch()) return;
    base::write_text(json_file, report::failed_run_json(schema, kVersion, error, sanitizer));
}

}  // namespace sptc::commands
