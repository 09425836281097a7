#include "sim/commands/look_inside_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <optional>

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

struct Window {
    std::optional<base::Cycle> first;
    base::Cycle count = 0;
};

/// "FIRST:COUNT" or "COUNT".
std::optional<Window> read_window(std::string_view text) {
    Window window;
    if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
        if (!read_number(text.substr(0, colon), window.first.emplace())) return std::nullopt;
        text.remove_prefix(colon + 1);
    }
    if (!read_number(text, window.count) || window.count == 0) return std::nullopt;
    return window;
}

Window parse_window(std::string_view option, const std::string& text) {
    if (const std::optional<Window> window = read_window(text)) return *window;
    throw base::ConfigError(fmt::format(
        "{} '{}': expected COUNT or FIRST:COUNT, the first cycle and how many (at least "
        "1), as in 5000:2000",
        option, text));
}

}  // namespace

void LookInsideOptions::add_to(CLI::App& verb) {
    CLI::Option* const timeline_file = verb.add_option(
        "--timeline", timeline,
        "What happens in every cycle, as trace events for ui.perfetto.dev or chrome://tracing;\n"
        "into this JSON file");
    verb.add_option("--timeline-cycles", timeline_cycles,
                    "COUNT, or FIRST:COUNT: which cycles of each kernel")
        ->needs(timeline_file)
        ->capture_default_str();
    verb.add_option("--timeline-sms", timeline_sms, "How many SMs, from the first one")
        ->needs(timeline_file)
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    CLI::Option* const vcd_file = verb.add_option(
        "--vcd", vcd, "Signals of a tensor core of SM 0 in the first kernel, into this VCD file");
    verb.add_option("--vcd-cycles", vcd_cycles,
                    "COUNT, from its first mma on, or FIRST:COUNT: which cycles")
        ->needs(vcd_file)
        ->capture_default_str();
    verb.add_option("--vcd-sub-core", vcd_sub_core, "Whose tensor core")
        ->needs(vcd_file)
        ->capture_default_str();
}

void LookInsideOptions::apply(gpu::RunOptions& options) const {
    if (!timeline.empty()) {
        base::require_writable(timeline);
        const Window window = parse_window("--timeline-cycles", timeline_cycles);
        options.timeline = {window.first.value_or(0), window.count, timeline_sms};
    }
    if (!vcd.empty()) {
        base::require_writable(vcd);
        const Window window = parse_window("--vcd-cycles", vcd_cycles);
        options.waveform = {vcd, window.first, window.count, vcd_sub_core};
    }
}

void LookInsideOptions::write(const std::vector<ProfiledKernel>& kernels,
                              const gpu::GpuSpec& gpu) const {
    if (timeline.empty()) return;
    std::vector<report::RecordedKernel> recorded;
    for (const ProfiledKernel& each : kernels) recorded.push_back({each.kernel, each.text});
    report::write_timeline(timeline, recorded, gpu, kVersion);
}

}  // namespace sptc::commands
