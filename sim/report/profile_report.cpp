#include "sim/report/profile_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "models/base/error.hpp"
#include "sim/report/metrics.hpp"
#include "sim/report/source_lines.hpp"

namespace sptc::report {
namespace {

using nlohmann::ordered_json;
using sm::LineCounts;

constexpr std::size_t kShownLines = 40;
constexpr std::size_t kTextWidth = 60;

std::uint64_t cycles_of(const LineCounts& counts) {
    return counts.cycles[static_cast<std::size_t>(sm::Activity::kIssued)] + counts.stall_cycles();
}

/// The activity, issuing apart, in which most cycles of a line went by.
std::string_view main_stall(const LineCounts& counts) {
    const auto most = std::max_element(counts.cycles.begin() + 1, counts.cycles.end());
    if (*most == 0) return "";
    return sm::activity_name(static_cast<sm::Activity>(most - counts.cycles.begin()));
}

/// The same counts by the line of the source, where .loc says it.
std::string source_table(const gpu::KernelResult& kernel) {
    std::map<std::uint32_t, LineCounts> by_source;
    for (const LineCounts& counts : kernel.profile->lines()) {
        if (counts.source_line != 0) by_source[counts.source_line].add(counts);
    }
    if (by_source.empty()) return {};
    std::vector<std::pair<std::uint32_t, LineCounts>> order(by_source.begin(), by_source.end());
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return cycles_of(a.second) > cycles_of(b.second);
    });
    if (order.size() > kShownLines) order.resize(kShownLines);
    std::string text = fmt::format("by line of the source\n{:>6} {:>7} {:>10} {:>12}  {}\n",
                                   "source", "% time", "issues", "stalled", "mostly for");
    for (const auto& [line, counts] : order) {
        text += fmt::format("{:>6} {:>7} {:>10} {:>12}  {}\n", line,
                            share(cycles_of(counts), resident_cycles(kernel)), counts.issues,
                            counts.stall_cycles(), main_stall(counts));
    }
    return text;
}

ordered_json counts_json(const LineCounts& counts) {
    ordered_json json{{"issues", counts.issues}};
    auto& stalls = json["stalls"] = ordered_json::object();
    for (std::size_t i = 1; i < sm::kActivities; ++i) {
        if (counts.cycles[i] == 0) continue;
        stalls[std::string(sm::activity_name(static_cast<sm::Activity>(i)))] = counts.cycles[i];
    }
    if (counts.shared_wavefronts != 0) {
        json["shared_wavefronts"] = counts.shared_wavefronts;
        json["bank_conflicts"] = counts.bank_conflicts;
    }
    if (counts.load_sectors != 0) json["load_sectors"] = counts.load_sectors;
    if (counts.store_sectors != 0) json["store_sectors"] = counts.store_sectors;
    return json;
}

}  // namespace

std::string profile_table(const gpu::KernelResult& kernel, std::string_view kernel_text) {
    SPTC_ASSERT(kernel.profile);
    const std::vector<LineCounts>& lines = kernel.profile->lines();
    const SourceLines texts(kernel_text);
    std::vector<std::size_t> order;
    for (std::size_t line = 0; line < lines.size(); ++line) {
        if (cycles_of(lines[line]) != 0) order.push_back(line);
    }
    std::stable_sort(order.begin(), order.end(), [&lines](std::size_t a, std::size_t b) {
        return cycles_of(lines[a]) > cycles_of(lines[b]);
    });
    const std::uint64_t resident = resident_cycles(kernel);
    std::string text = fmt::format(
        "where the time of {} went: sub-core cycles with a warp resident, by the PTX line that "
        "issued or was waited for\n{:>6} {:>6} {:>7} {:>10} {:>12} {:>10} {:>10} {:>10}  {:<18} "
        "{}\n",
        kernel.shape.entry, "line", "source", "% time", "issues", "stalled", "wavefronts",
        "conflicts", "sectors", "mostly for", "PTX");
    std::uint64_t rest = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const LineCounts& counts = lines[order[i]];
        if (i >= kShownLines) {
            rest += cycles_of(counts);
            continue;
        }
        text +=
            fmt::format("{:>6} {:>6} {:>7} {:>10} {:>12} {:>10} {:>10} {:>10}  {:<18} {}\n",
                        order[i], counts.source_line == 0 ? "" : std::to_string(counts.source_line),
                        share(cycles_of(counts), resident), counts.issues, counts.stall_cycles(),
                        counts.shared_wavefronts, counts.bank_conflicts,
                        counts.load_sectors + counts.store_sectors, main_stall(counts),
                        texts.text(order[i]).substr(0, kTextWidth));
    }
    if (rest != 0) {
        text += fmt::format("{:>21} % in {} more lines\n", share(rest, resident),
                            order.size() - kShownLines);
    }
    return text + source_table(kernel);
}

ordered_json profile_json(const gpu::KernelResult& kernel, std::string_view kernel_text) {
    SPTC_ASSERT(kernel.profile);
    const std::vector<LineCounts>& lines = kernel.profile->lines();
    const SourceLines texts(kernel_text);
    ordered_json json{{"entry", kernel.shape.entry},
                      {"cycles", kernel.cycles},
                      {"simulated_sms", kernel.simulated_sms}};
    json["lines"] = ordered_json::array();
    for (std::size_t line = 0; line < lines.size(); ++line) {
        if (cycles_of(lines[line]) == 0) continue;
        ordered_json entry{{"line", line}};
        if (lines[line].source_line != 0) entry["source_line"] = lines[line].source_line;
        if (!kernel_text.empty()) entry["ptx"] = texts.text(line);
        entry.update(counts_json(lines[line]));
        json["lines"].push_back(std::move(entry));
    }
    json["without_line"] = counts_json(kernel.profile->without_line());
    return json;
}

}  // namespace sptc::report
