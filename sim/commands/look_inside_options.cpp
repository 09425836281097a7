#include "sim/commands/look_inside_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/commands/version.hpp"
#include "sim/report/timeline_report.hpp"

namespace sptc::commands {
namespace {

bool read_number(std::string_view text, base::Cycle& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

/// "FIRST:COUNT"
sm::TimelineWindow parse_window(const std::string& text) {
    sm::TimelineWindow window;
    const std::size_t colon = std::min(text.find(':'), text.size());
    const std::string_view view(text);
    const bool read = colon < text.size() &&
                      read_number(view.substr(0, colon), window.first_cycle) &&
                      read_number(view.substr(colon + 1), window.cycles) && window.cycles > 0;
    if (!read) {
        throw base::ConfigError(fmt::format(
            "--timeline-cycles '{}': expected FIRST:COUNT, the first cycle and how many (at least "
            "1), as in 5000:2000",
            text));
    }
    return window;
}

}  // namespace

void LookInsideOptions::add_to(CLI::App& verb) {
    CLI::Option* const file = verb.add_option(
        "--timeline", timeline,
        "What happens in every cycle, as trace events for ui.perfetto.dev or chrome://tracing;\n"
        "into this JSON file");
    verb.add_option("--timeline-cycles", timeline_cycles,
                    "FIRST:COUNT: which cycles of each kernel")
        ->needs(file)
        ->capture_default_str();
    verb.add_option("--timeline-sms", timeline_sms, "How many SMs, from the first one")
        ->needs(file)
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
}

void LookInsideOptions::apply(gpu::RunOptions& options) const {
    if (timeline.empty()) return;
    base::require_writable(timeline);
    options.timeline = parse_window(timeline_cycles);
    options.timeline->sms = timeline_sms;
}

void LookInsideOptions::write(const std::vector<ProfiledKernel>& kernels,
                              const gpu::GpuSpec& gpu) const {
    if (timeline.empty()) return;
    std::vector<report::RecordedKernel> recorded;
    for (const ProfiledKernel& each : kernels) recorded.push_back({each.kernel, each.text});
    report::write_timeline(timeline, recorded, gpu, kVersion);
}

}  // namespace sptc::commands
