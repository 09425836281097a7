#include "sim/run/check_recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <span>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "models/base/sha256.hpp"
#include "sim/run/microbench_run.hpp"
#include "sim/run/mismatch_text.hpp"
#include "sim/run/recorded_campaign.hpp"
#include "traces/campaign/prepare.hpp"
#include "traces/cuda/record.hpp"
#include "traces/launch/check.hpp"
#include "traces/launch/launch.hpp"
#include "traces/launch/mma_operand.hpp"

namespace sptc::run {
namespace {

using cuda::Answer;
using cuda::CampaignEntry;
using cuda::KeptOutput;

constexpr std::string_view kEmptyLaunch = "timing/empty";

std::uint64_t word(std::span<const std::byte> bytes, std::size_t index) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + 8 * index, sizeof value);
    return value;
}

/// Does today's generator write another kernel, or none?
bool kernel_changed(const CampaignEntry& entry, const Answer& recorded) {
    if (entry.made_by.empty()) return false;
    try {
        return base::sha256_hex(campaign::kernel_of_today(entry)) != recorded.kernel_sha256;
    } catch (const base::ConfigError&) {
        return true;
    }
}

/// What an iteration of a timed loop takes (cuda::LoopClocks).
double iteration_cycles(const cuda::LoopClocks& loop, std::span<const std::byte> kept) {
    std::vector<WarpClock> clocks(kept.size() / sizeof(WarpClock));
    std::memcpy(clocks.data(), kept.data(), clocks.size() * sizeof(WarpClock));
    const std::size_t runs = loop.fewer == 0 ? 1 : 2;
    if (clocks.empty() || clocks.size() % (runs * loop.warps_per_cta) != 0) {
        throw base::ConfigError(fmt::format("{} clocks, expected a multiple of {} warps",
                                            clocks.size(), runs * loop.warps_per_cta));
    }
    const auto half = clocks.begin() + static_cast<std::ptrdiff_t>(clocks.size() / runs);
    const auto cycles = [&](auto first, auto last) {
        return static_cast<double>(longest_cta({first, last}, loop.warps_per_cta));
    };
    if (loop.fewer == 0) return cycles(clocks.begin(), clocks.end()) / loop.more;
    return (cycles(half, clocks.end()) - cycles(clocks.begin(), half)) / (loop.more - loop.fewer);
}

/// An output with a tolerance that is kept whole is judged as its launch file says.
bool within_tolerance(const launch::Launch& launch, const KeptOutput& recorded,
                      const KeptOutput& simulated) {
    if (recorded.rule.block_bytes != 0) return false;
    for (launch::Expectation expected : launch.expectations) {
        if (expected.buffer != recorded.buffer || expected.tolerance.exact()) continue;
        expected.data = recorded.kept;
        return launch::check_output(expected, simulated.kept).mismatches == 0;
    }
    return false;
}

class Checker {
  public:
    Checker(const cuda::Recording& recording, const RecordedCampaign& campaign, cuda::Gpu& gpu)
        : recording_(recording), campaign_(campaign), gpu_(gpu) {
        const auto empty = std::find_if(
            recording.answers.begin(), recording.answers.end(),
            [](const Answer& each) { return each.name == kEmptyLaunch && each.answered(); });
        if (empty != recording.answers.end()) recorded_empty_us_ = empty->times.median_us;
    }

    EntryCheck check(const CampaignEntry& entry, const Answer& recorded) {
        EntryCheck check;
        check.name = entry.name;
        check.group = entry.group;
        if (!recorded.answered()) {
            check.state = recorded.damaged ? EntryState::kDamaged : EntryState::kNotRecorded;
            check.problem = recorded.problem;
            return check;
        }
        try {
            require_same_files(entry, recorded);
            // Here a missing file is damage; below it would be the simulator's refusal.
            const launch::Launch launch = launch::read_launch(campaign_.folder() / entry.launch);
            const Answer simulated = cuda::answer_entry(gpu_, entry, campaign_.folder());
            if (simulated.answered()) {
                compare_all(entry, launch, recorded, simulated, check);
            } else {
                check.state = EntryState::kNotSimulated;
                check.problem = campaign_.as_packed(simulated.problem);
            }
        } catch (const base::Error& damage) {
            check.state = EntryState::kDamaged;
            check.problem = campaign_.as_packed(damage.what());
        }
        check.kernel_changed = kernel_changed(entry, recorded);
        return check;
    }

  private:
    void require_same_files(const CampaignEntry& entry, const Answer& recorded) const {
        const auto require = [](const std::string& what, const std::string& found,
                                const std::string& expected) {
            if (found == expected) return;
            throw base::ConfigError(
                fmt::format("{} has the SHA-256 {}, but {} was recorded", what, found, expected));
        };
        require(entry.kernel, base::sha256_hex(campaign_.text(entry.kernel)),
                recorded.kernel_sha256);
        require(entry.launch, base::sha256_hex(campaign_.text(entry.launch)),
                recorded.launch_sha256);
    }

    void compare_all(const CampaignEntry& entry, const launch::Launch& launch,
                     const Answer& recorded, const Answer& simulated, EntryCheck& check) {
        if (recorded.inputs_sha256 != simulated.inputs_sha256) {
            check.state = EntryState::kDamaged;
            check.problem = fmt::format(
                "its inputs have the SHA-256 {}, but {} was recorded: its files were changed, or "
                "input generator {} makes others than {}, which recorded",
                simulated.inputs_sha256, recorded.inputs_sha256, launch::kGeneratorVersion,
                recording_.generator);
            return;
        }
        for (const KeptOutput& wanted : recorded.outputs) {
            const auto got =
                std::find_if(simulated.outputs.begin(), simulated.outputs.end(),
                             [&](const KeptOutput& each) { return each.buffer == wanted.buffer; });
            if (got == simulated.outputs.end() || got->bytes != wanted.bytes ||
                got->kept.size() != wanted.kept.size()) {
                check.state = EntryState::kDamaged;
                check.problem = fmt::format("output '{}' of {} bytes is not what {} makes",
                                            wanted.buffer, wanted.bytes, entry.launch);
                return;
            }
            if (wanted.buffer == entry.loop.buffer) {
                add_clock_rows(entry, wanted, *got, check);
            } else {
                compare_output(entry, launch, wanted, *got, check);
            }
        }
        if (check.mismatches != 0) check.state = EntryState::kDiffers;
        if (entry.timing.repeats != 0 && entry.name != kEmptyLaunch) {
            add_event_row(entry, recorded, simulated, check);
        }
    }

    static void compare_output(const CampaignEntry& entry, const launch::Launch& launch,
                               const KeptOutput& wanted, const KeptOutput& got, EntryCheck& check) {
        check.cases += wanted.blocks();
        const cuda::OutputDifference difference = cuda::compare(wanted, got);
        if (difference.differing_blocks == 0 || within_tolerance(launch, wanted, got)) return;
        check.mismatches += difference.differing_blocks;
        if (!check.first_mismatch.empty()) return;
        check.first_mismatch = mismatch_text(launch, entry.form, wanted, got, difference);
    }

    static void add_clock_rows(const CampaignEntry& entry, const KeptOutput& wanted,
                               const KeptOutput& got, EntryCheck& check) {
        if (entry.loop.more != 0) {
            check.rows.push_back({entry.name, iteration_cycles(entry.loop, wanted.kept),
                                  iteration_cycles(entry.loop, got.kept)});
            return;
        }
        for (std::size_t i = 0; i < wanted.bytes / sizeof(std::uint64_t); ++i) {
            check.rows.push_back({fmt::format("{}[{}]", entry.name, i),
                                  static_cast<double>(word(wanted.kept, i)),
                                  static_cast<double>(word(got.kept, i))});
        }
    }

    /// Without what an empty launch takes, in cycles of each device's own clock.
    void add_event_row(const CampaignEntry& entry, const Answer& recorded, const Answer& simulated,
                       EntryCheck& check) {
        check.rows.push_back(
            {entry.name,
             (recorded.times.median_us - recorded_empty_us_) * recording_.measured_clock_mhz,
             (simulated.times.median_us - simulated_empty_us()) * gpu_.info().sm_clock_mhz});
    }

    double simulated_empty_us() {
        if (!simulated_empty_us_) {
            CampaignEntry empty;
            empty.name = kEmptyLaunch;
            empty.kernel = empty.name + ".ptx";
            empty.launch = empty.name + ".json";
            simulated_empty_us_ =
                cuda::answer_entry(gpu_, empty, campaign_.folder()).times.median_us;
        }
        return *simulated_empty_us_;
    }

    const cuda::Recording& recording_;
    const RecordedCampaign& campaign_;
    cuda::Gpu& gpu_;
    double recorded_empty_us_ = 0;
    std::optional<double> simulated_empty_us_;
};

EntryCheck unanswered(const CampaignEntry& entry) {
    EntryCheck check;
    check.name = entry.name;
    check.group = entry.group;
    check.state = EntryState::kDamaged;
    check.problem = "the recording has no answer to it";
    return check;
}

}  // namespace

bool is_in(Half half, std::string_view entry) {
    if (half == Half::kBoth) return true;
    const bool odd = cuda::digest_of(std::as_bytes(std::span(entry))) % 2 != 0;
    return odd == (half == Half::kOdd);
}

bool RecordingCheck::agrees() const {
    return std::none_of(entries.begin(), entries.end(), [](const EntryCheck& each) {
        return each.state == EntryState::kDiffers || each.state == EntryState::kDamaged;
    });
}

RecordingCheck check_recording(const std::filesystem::path& folder, cuda::Gpu& gpu,
                               const CheckOptions& options) {
    RecordingCheck result;
    result.recording = cuda::read_recording(folder);
    const RecordedCampaign carried(folder, result.recording.campaign_sha256);
    const cuda::Campaign& campaign = carried.campaign();
    std::map<std::string, const Answer*> answers;
    for (const Answer& answer : result.recording.answers) answers[answer.name] = &answer;
    Checker checker(result.recording, carried, gpu);
    std::map<std::string, std::uint64_t> seen;
    for (std::size_t i = 0; i < campaign.entries.size(); ++i) {
        const CampaignEntry& entry = campaign.entries[i];
        if (!options.only.empty() && entry.group != options.only) continue;
        if (!is_in(options.half, entry.name)) continue;
        if (seen[entry.group]++ % options.stride != 0) continue;
        if (options.progress) {
            options.progress(static_cast<double>(i) / static_cast<double>(campaign.entries.size()),
                             entry.name);
        }
        const auto answer = answers.find(entry.name);
        if (answer == answers.end()) {
            result.entries.push_back(unanswered(entry));
            continue;
        }
        result.entries.push_back(checker.check(entry, *answer->second));
    }
    return result;
}

RecordingContent read_content(const std::filesystem::path& folder) {
    RecordingContent content;
    content.recording = cuda::read_recording(folder);
    const RecordedCampaign carried(folder, content.recording.campaign_sha256);
    content.campaign = carried.campaign();
    content.damaged = carried.damaged();
    std::error_code none;
    content.pack_bytes = std::filesystem::file_size(folder / cuda::kPackFile, none);
    content.answer_bytes = std::filesystem::file_size(folder / cuda::kAnswersFile, none);
    return content;
}

}  // namespace sptc::run
