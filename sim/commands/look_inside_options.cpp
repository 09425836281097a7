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

/// 1,000,000 cycles are some 200 MB of VCD.
constexpr std::uint64_t kMostVcdCycles = 1'000'000;
constexpr std::uint64_t kMostSms = 1'000'000;  ///< of any GPU; that they are there is checked later

bool read_number(std::string_view text, std::uint64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

struct Range {
    std::optional<std::uint64_t> first;
    std::uint64_t count = 0;
};

/// "FIRST:COUNT" or "COUNT".
std::optional<Range> read_range(std::string_view text) {
    Range range;
    if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
        if (!read_number(text.substr(0, colon), range.first.emplace())) return std::nullopt;
        text.remove_prefix(colon + 1);
    }
    if (!read_number(text, range.count) || range.count == 0) return std::nullopt;
    return range;
}

/// Throws ConfigError when the text is no range of numbers up to `most`.
Range parse_range(std::string_view option, const std::string& text, std::uint64_t most) {
    const std::optional<Range> range = read_range(text);
    if (range && range->count <= most && range->first.value_or(0) <= most) return *range;
    throw base::ConfigError(fmt::format(
        "{} '{}': expected COUNT or FIRST:COUNT with a count of at least 1, as in 100:20{}", option,
        text, range ? fmt::format(", and at most {}", most) : std::string()));
}

/// Says what of a kernel is not in the file though it was asked for.
void tell_what_is_missing(const gpu::KernelResult& kernel, const sm::TimelineWindow& asked) {
    const sm::TimelineWindow& window = kernel.timelines.front().window();
    const base::Cycle recorded = window.recorded(kernel.cycles);
    const bool limited = recorded != asked.recorded(kernel.cycles);
    if (!limited && recorded + window.first_cycle >= kernel.cycles && recorded != 0) return;
    const std::string held = recorded == 0 ? "no cycle"
                                           : fmt::format("cycles {} .. {}", window.first_cycle,
                                                         window.first_cycle + recorded - 1);
    fmt::print(stderr, "timeline: {} of the {} of {} {} recorded{}\n", held, kernel.cycles,
               kernel.shape.entry, recorded == 0 ? "is" : "are",
               limited ? fmt::format(": a run records at most {} cycles x SMs",
                                     sm::TimelineWindow::kMostSmCycles)
                       : "; --timeline-cycles FIRST:COUNT chooses others");
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
    verb.add_option("--timeline-sms", timeline_sms, "COUNT, or FIRST:COUNT: of which SMs")
        ->needs(timeline_file)
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
        const Range cycles = parse_range("--timeline-cycles", timeline_cycles, base::kNever);
        const Range sms = parse_range("--timeline-sms", timeline_sms, kMostSms);
        options.timeline = {.first_cycle = cycles.first.value_or(0),
                            .cycles = cycles.count,
                            .first_sm = static_cast<std::uint32_t>(sms.first.value_or(0)),
                            .sms = static_cast<std::uint32_t>(sms.count)};
    }
    if (!vcd.empty()) {
        base::require_writable(vcd);
        const Range cycles = parse_range("--vcd-cycles", vcd_cycles, base::kNever);
        if (cycles.count > kMostVcdCycles) {
            throw base::ConfigError(fmt::format("--vcd-cycles '{}': expected at most {} cycles",
                                                vcd_cycles, kMostVcdCycles));
        }
        options.waveform = {vcd, cycles.first, cycles.count, vcd_sub_core};
    }
}

void LookInsideOptions::write(const std::vector<ProfiledKernel>& kernels,
                              const gpu::GpuSpec& gpu) const {
    if (timeline.empty()) return;
    std::vector<report::RecordedKernel> recorded;
    for (const ProfiledKernel& each : kernels) recorded.push_back({each.kernel, each.text});
    report::write_timeline(timeline, recorded, gpu, kVersion);
    sm::TimelineWindow asked;
    asked.cycles = parse_range("--timeline-cycles", timeline_cycles, base::kNever).count;
    asked.first_cycle = kernels.front().kernel->timelines.front().window().first_cycle;
    asked.most_sm_cycles = base::kNever;
    for (const ProfiledKernel& each : kernels) tell_what_is_missing(*each.kernel, asked);
}

}  // namespace sptc::commands
