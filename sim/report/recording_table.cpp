#include "sim/report/recording_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace sptc::report {
namespace {

using run::EntryCheck;
using run::EntryState;

constexpr std::string_view kGroups[] = {"numerics", "timing", "gemm"};

struct TimingSum {
    std::uint64_t rows = 0, unjudged = 0;
    double error = 0;  ///< sum of absolute percentage errors
    const run::TimingRow* worst = nullptr;
};

void add(TimingSum& sum, const run::TimingRow& row) {
    if (!row.judged()) {
        ++sum.unjudged;
        return;
    }
    const double error = std::fabs(row.error_percent());
    ++sum.rows;
    sum.error += error;
    if (sum.worst == nullptr || error > std::fabs(sum.worst->error_percent())) sum.worst = &row;
}

std::string mean(const TimingSum& sum) {
    if (sum.rows == 0) return "-";
    return fmt::format("{:.1f} %", sum.error / static_cast<double>(sum.rows));
}

struct GroupSum {
    std::uint64_t entries = 0, cases = 0, mismatches = 0, unanswered = 0, damaged = 0, refused = 0;
    TimingSum timing;
};

void add(GroupSum& sum, const EntryCheck& check) {
    ++sum.entries;
    sum.cases += check.cases;
    sum.mismatches += check.mismatches;
    sum.unanswered += check.state == EntryState::kNotRecorded ? 1 : 0;
    sum.damaged += check.state == EntryState::kDamaged ? 1 : 0;
    sum.refused += check.state == EntryState::kNotSimulated ? 1 : 0;
    for (const run::TimingRow& row : check.rows) add(sum.timing, row);
}

/// "timing/mma/mma_sp_..." belongs to "timing/mma", "gemm/..." to "gemm".
std::string_view family_of(std::string_view row) { return row.substr(0, row.rfind('/')); }

/// A line for each family of timing rows, in the order in which they were recorded.
std::string families_text(const std::vector<EntryCheck>& entries) {
    std::vector<std::pair<std::string_view, TimingSum>> families;
    for (const EntryCheck& entry : entries) {
        for (const run::TimingRow& row : entry.rows) {
            const std::string_view family = family_of(row.name);
            auto found = std::find_if(families.begin(), families.end(),
                                      [&](const auto& each) { return each.first == family; });
            if (found == families.end()) {
                found = families.insert(found, {family, TimingSum{}});
            }
            add(found->second, row);
        }
    }
    std::string text;
    for (const auto& [family, sum] : families) {
        text += fmt::format("{}: {} rows, mean absolute error {}", family, sum.rows, mean(sum));
        if (sum.worst != nullptr && sum.worst->error_percent() != 0) {
            text +=
                fmt::format(", worst {:+.1f} % of {}", sum.worst->error_percent(), sum.worst->name);
        }
        if (sum.unjudged != 0) text += fmt::format(", {} rows without a time", sum.unjudged);
        text += "\n";
    }
    return text;
}

std::string device_text(const cuda::Recording& recording) {
    const cuda::DeviceInfo& device = recording.device;
    return fmt::format(
        "{}{} (sm_{}, {} SMs, {:.0f} MHz measured, {:.0f} MHz at most), driver {}, {}\n",
        device.name, device.model.empty() ? "" : " " + device.model, device.compute_capability,
        device.sms, recording.measured_clock_mhz, device.sm_clock_mhz, device.driver,
        recording.date);
}

std::string row_text(const run::TimingRow& row) {
    if (!row.judged()) {
        return fmt::format("{}: no time was recorded, simulated {:.2f} cycles\n", row.name,
                           row.simulated);
    }
    return fmt::format("{}: recorded {:.2f} cycles, simulated {:.2f}, error {:+.1f} %\n", row.name,
                       row.recorded, row.simulated, row.error_percent());
}

std::string entry_text(const EntryCheck& check) {
    switch (check.state) {
        case EntryState::kDiffers:
            return fmt::format("{}: {} of {} cases differ; first: {}\n", check.name,
                               check.mismatches, check.cases, check.first_mismatch);
        case EntryState::kNotRecorded:
            return fmt::format("{}: not recorded: {}\n", check.name, check.problem);
        case EntryState::kDamaged:
            return fmt::format("{}: refused: {}\n", check.name, check.problem);
        case EntryState::kNotSimulated:
            return fmt::format("{}: not simulated: {}\n", check.name, check.problem);
        case EntryState::kAgrees:
            break;
    }
    return "";
}

using Answers = std::map<std::string, const cuda::Answer*>;

std::uint64_t cases_of(const cuda::Answer& answer) {
    std::uint64_t cases = 0;
    for (const cuda::KeptOutput& output : answer.outputs) cases += output.blocks();
    return cases;
}

std::string group_text(const run::RecordingContent& content, const Answers& answers,
                       std::string_view group) {
    std::uint64_t entries = 0, answered = 0, cases = 0;
    for (const cuda::CampaignEntry& entry : content.campaign.entries) {
        if (entry.group != group) continue;
        ++entries;
        const auto found = answers.find(entry.name);
        if (found == answers.end() || !found->second->answered()) continue;
        ++answered;
        cases += cases_of(*found->second);
    }
    return fmt::format("{}: {} entries, {} answered, {} cases\n", group, entries, answered, cases);
}

}  // namespace

std::string check_table(const run::RecordingCheck& check, TimingRows rows) {
    std::string text = device_text(check.recording);
    std::map<std::string_view, GroupSum> sums;
    for (const EntryCheck& each : check.entries) add(sums[each.group], each);
    text += fmt::format("{:<10} {:>8} {:>10} {:>10} {:>10} {:>8} {:>13} {:>12} {:>14}\n", "group",
                        "entries", "cases", "mismatches", "no answer", "refused", "not simulated",
                        "timing rows", "mean abs error");
    for (const std::string_view group : kGroups) {
        const auto found = sums.find(group);
        if (found == sums.end()) continue;
        const GroupSum& sum = found->second;
        text += fmt::format("{:<10} {:>8} {:>10} {:>10} {:>10} {:>8} {:>13} {:>12} {:>14}\n", group,
                            sum.entries, sum.cases, sum.mismatches, sum.unanswered, sum.damaged,
                            sum.refused, sum.timing.rows, mean(sum.timing));
    }
    text += families_text(check.entries);
    for (const EntryCheck& each : check.entries) {
        text += entry_text(each);
        if (each.kernel_changed) {
            text += fmt::format("{}: today's generator writes a different kernel\n", each.name);
        }
        if (rows == TimingRows::kSummary) continue;
        for (const run::TimingRow& row : each.rows) text += row_text(row);
    }
    return text;
}

std::string recording_table(const run::RecordingContent& content) {
    const cuda::Recording& recording = content.recording;
    Answers answers;
    for (const cuda::Answer& answer : recording.answers) answers[answer.name] = &answer;
    std::string text = device_text(recording);
    text += fmt::format(
        "input generator {}, campaign of sptc {}; campaign.pack {} bytes, answers.bin {} bytes\n",
        recording.generator, content.campaign.sptc_version, content.pack_bytes,
        content.answer_bytes);
    for (const std::string_view group : kGroups) text += group_text(content, answers, group);
    for (const campaign::DamagedFile& each : content.damaged) {
        text += fmt::format("campaign.pack: {} is damaged: {}\n",
                            each.name.empty() ? "a file" : each.name, each.problem);
    }
    text += fmt::format("{:<10} {:>10} {:>10}  {}\n", "group", "cases", "us", "entry");
    for (const cuda::CampaignEntry& entry : content.campaign.entries) {
        const auto found = answers.find(entry.name);
        if (found == answers.end() || !found->second->answered()) {
            text += fmt::format("{:<10} {:>10} {:>10}  {}: {}\n", entry.group, "-", "-", entry.name,
                                found == answers.end() ? "no answer" : found->second->problem);
            continue;
        }
        text += fmt::format("{:<10} {:>10} {:>10.2f}  {}\n", entry.group, cases_of(*found->second),
                            found->second->times.median_us, entry.name);
    }
    return text;
}

}  // namespace sptc::report
