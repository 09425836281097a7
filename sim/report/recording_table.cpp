#include "sim/report/recording_table.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace sptc::report {
namespace {

using run::EntryCheck;
using run::EntryState;

constexpr std::string_view kGroups[] = {"numerics", "timing", "gemm"};

struct GroupSum {
    std::uint64_t entries = 0, cases = 0, mismatches = 0, unanswered = 0, damaged = 0, refused = 0;
    std::uint64_t rows = 0, changed = 0;
    double error = 0;  ///< sum of absolute percentage errors
};

void add(GroupSum& sum, const EntryCheck& check) {
    ++sum.entries;
    sum.cases += check.cases;
    sum.mismatches += check.mismatches;
    sum.unanswered += check.state == EntryState::kNotRecorded ? 1 : 0;
    sum.damaged += check.state == EntryState::kDamaged ? 1 : 0;
    sum.refused += check.state == EntryState::kNotSimulated ? 1 : 0;
    sum.changed += check.kernel_changed ? 1 : 0;
    for (const run::TimingRow& row : check.rows) {
        ++sum.rows;
        sum.error += std::fabs(row.error_percent());
    }
}

std::string device_text(const cuda::Recording& recording) {
    const cuda::DeviceInfo& device = recording.device;
    return fmt::format(
        "{}{} (sm_{}, {} SMs, {:.0f} MHz measured, {:.0f} MHz at most), driver {}, {}\n",
        device.name, device.model.empty() ? "" : " " + device.model, device.compute_capability,
        device.sms, recording.measured_clock_mhz, device.sm_clock_mhz, device.driver,
        recording.date);
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
        const std::string error =
            sum.rows == 0 ? "-"
                          : fmt::format("{:.1f} %", sum.error / static_cast<double>(sum.rows));
        text += fmt::format("{:<10} {:>8} {:>10} {:>10} {:>10} {:>8} {:>13} {:>12} {:>14}\n", group,
                            sum.entries, sum.cases, sum.mismatches, sum.unanswered, sum.damaged,
                            sum.refused, sum.rows, error);
    }
    for (const EntryCheck& each : check.entries) {
        text += entry_text(each);
        if (each.kernel_changed) {
            text += fmt::format("{}: today's generator writes a different kernel\n", each.name);
        }
        if (rows == TimingRows::kSummary) continue;
        for (const run::TimingRow& row : each.rows) {
            text += fmt::format("{}: recorded {:.0f} cycles, simulated {:.0f}, error {:+.1f} %\n",
                                row.name, row.recorded, row.simulated, row.error_percent());
        }
    }
    return text;
}

std::string recording_table(const run::RecordingContent& content) {
    const cuda::Recording& recording = content.recording;
    std::map<std::string, const cuda::Answer*> answers;
    for (const cuda::Answer& answer : recording.answers) answers[answer.name] = &answer;
    std::string text = device_text(recording);
    text += fmt::format(
        "input generator {}, campaign of sptc {}; campaign.pack {} bytes, answers.bin {} bytes\n",
        recording.generator, content.campaign.sptc_version, content.pack_bytes,
        content.answer_bytes);
    text += fmt::format("{:<10} {:>10} {:>10}  {}\n", "group", "cases", "us", "entry");
    for (const cuda::CampaignEntry& entry : content.campaign.entries) {
        const auto found = answers.find(entry.name);
        if (found == answers.end() || !found->second->answered()) {
            text += fmt::format("{:<10} {:>10} {:>10}  {}: {}\n", entry.group, "-", "-", entry.name,
                                found == answers.end() ? "no answer" : found->second->problem);
            continue;
        }
        std::uint64_t cases = 0;
        for (const cuda::KeptOutput& output : found->second->outputs) cases += output.blocks();
        text += fmt::format("{:<10} {:>10} {:>10.2f}  {}\n", entry.group, cases,
                            found->second->times.median_us, entry.name);
    }
    return text;
}

}  // namespace sptc::report
