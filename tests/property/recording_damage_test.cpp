// Recordings with flipped bytes and cut ends: what is damaged is named, and the rest is checked.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "models/base/random.hpp"
#include "sim/run/check_recording.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/campaign/prepare.hpp"
#include "traces/cuda/record.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using run::EntryState;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFiles[] = {cuda::kRecordingFile, cuda::kAnswersFile, cuda::kPackFile};

/// Answers as the launch asks, without executing: outputs and clocks count up.
class CountingGpu : public cuda::Gpu {
  public:
    cuda::DeviceInfo info() const override {
        return {.name = "Counting GPU",
                .model = "",
                .compute_capability = 80,
                .sms = 1,
                .l2_bytes = 0,
                .sm_clock_mhz = 1000,
                .memory_clock_mhz = 0,
                .driver = "1.0"};
    }
    cuda::LaunchRun run(const std::string&, const std::string&, const launch::Launch& launch,
                        const cuda::TimingPlan&) override {
        cuda::LaunchRun run;
        for (const std::string& name : launch.outputs) {
            for (const launch::Buffer& buffer : launch.buffers) {
                if (buffer.name != name) continue;
                auto& content = run.outputs[name];
                content.resize(buffer.bytes);
                for (std::size_t i = 0; i < content.size(); ++i) {
                    content[i] = static_cast<std::byte>(i * 7 + launch.entry.size());
                }
            }
        }
        run.microseconds = {10};
        return run;
    }
};

/// Two names differ in two letters, so that no flipped byte makes one of another.
std::string name_of(int i) {
    return std::string(2, static_cast<char>('a' + i % 26)) +
           std::string(2, static_cast<char>('0' + i / 26));
}

/// Each entry has a kernel, a launch file and a file of inputs of its own.
fs::path record(const fs::path& folder, int entries) {
    campaign::Writer writer(folder / "campaign");
    for (int i = 0; i < entries; ++i) {
        const std::string name = name_of(i);
        cuda::CampaignEntry entry;
        entry.name = name;
        entry.group = i % 2 == 0 ? "gemm" : "timing";
        entry.kernel = name + ".ptx";
        entry.launch = name + ".json";
        if (i % 2 == 0) {
            entry.keep = {16, 3};
        } else {
            entry.loop.buffer = "out";
        }
        writer.add_text(entry.kernel, "// the kernel of " + name);
        writer.add_text(entry.launch, R"({"schema": "sptc.launch/1", "entry": ")" + name +
                                          R"(", "grid": [1], "block": [32], "buffers": {"in": )"
                                          R"({"bytes": 40, "file": ")" +
                                          name +
                                          R"(.bin"}, "out": {"bytes": 200}}, "arguments": )"
                                          R"([{"buffer": "in"}], "outputs": ["out"]})");
        writer.add_bytes(name + ".bin", std::vector<std::byte>(40, std::byte(i + 1)));
        writer.add_entry(std::move(entry));
    }
    (void)writer.finish({});
    CountingGpu gpu;
    const fs::path out = folder / "recording";
    (void)cuda::record_campaign(gpu, folder / "campaign", out, {});
    return out;
}

/// recording.json is as good without the end of its line.
std::size_t line_end(std::string_view file) { return file == cuda::kRecordingFile ? 1 : 0; }

/// Checks a recording that may be damaged: the entries that are refused, or "refused" as a whole.
/// Damage must never look like other bits, and its message names the damaged file.
std::set<std::string> damaged_entries(const fs::path& recording, std::string_view file) {
    CountingGpu gpu;
    std::set<std::string> names;
    try {
        const auto check = run::check_recording(recording, gpu, {});
        for (const run::EntryCheck& each : check.entries) {
            CAPTURE(each.name, each.problem, each.first_mismatch);
            CHECK((each.state == EntryState::kAgrees || each.state == EntryState::kDamaged));
            if (each.state == EntryState::kAgrees) continue;
            CHECK_FALSE(each.problem.empty());
            CHECK_THAT(each.problem, Contains(std::string(file)));
            names.insert(each.name);
        }
        CHECK(check.agrees() == names.empty());
    } catch (const base::ConfigError& refused) {
        CHECK_THAT(refused.what(), Contains(std::string(file)));
        names.insert("refused");
    }
    return names;
}

}  // namespace

TEST_CASE("recording damage: a flipped byte spoils one entry, or the recording as a whole") {
    const test::TemporaryDirectory directory;
    const fs::path recording = record(directory.path(), 4);
    REQUIRE(damaged_entries(recording, "").empty());
    base::Random random(20260606);
    for (const std::string_view file : kFiles) {
        const auto whole = base::read_bytes(recording / file);
        const std::size_t end = whole.size() - line_end(file);
        for (std::size_t at = 0; at < end; at += 1 + random.below(16)) {
            auto changed = whole;
            changed[at] ^= static_cast<std::byte>(1 + random.below(255));
            base::write_bytes(recording / file, changed);
            CAPTURE(file, at, std::to_integer<int>(changed[at]));
            const auto damaged = damaged_entries(recording, file);
            CHECK(damaged.size() <= 1);
            if (file == cuda::kRecordingFile) CHECK(damaged.count("refused") == 1);
            if (file == cuda::kAnswersFile) CHECK(damaged.count("refused") == 0);
            // A byte of a zstd frame may say nothing (its window), so that the archive is whole.
            if (file != cuda::kPackFile) CHECK(damaged.size() == 1);
        }
        base::write_bytes(recording / file, whole);
    }
}

TEST_CASE("recording damage: of a file that was cut, what is left is used") {
    const test::TemporaryDirectory directory;
    const fs::path recording = record(directory.path(), 4);
    base::Random random(20261126);
    for (const std::string_view file : kFiles) {
        const auto whole = base::read_bytes(recording / file);
        std::size_t lost = 0;
        std::size_t length = whole.size() - line_end(file);
        while (length > 0) {
            length -= std::min<std::size_t>(length, 1 + random.below(7));
            fs::resize_file(recording / file, length);
            CAPTURE(file, length);
            const auto damaged = damaged_entries(recording, file);
            CHECK(!damaged.empty());
            CHECK(damaged.size() >= (damaged.count("refused") == 0 ? lost : 0));
            if (damaged.count("refused") == 0) lost = damaged.size();
            // campaign.json is the last file of the archive.
            if (file != cuda::kAnswersFile) CHECK(damaged.count("refused") == 1);
        }
        base::write_bytes(recording / file, whole);
    }
}

TEST_CASE("recording damage: a campaign that was exchanged is refused") {
    const test::TemporaryDirectory directory;
    const fs::path recording = record(directory.path() / "one", 4);
    const fs::path other = record(directory.path() / "two", 3);
    fs::copy_file(other / cuda::kPackFile, recording / cuda::kPackFile,
                  fs::copy_options::overwrite_existing);
    CountingGpu gpu;
    CHECK_THROWS_WITH(
        run::check_recording(recording, gpu, {}),
        Contains("campaign.pack: campaign.json has the SHA-256") && Contains("refused"));
}

TEST_CASE("recording: an entry is in one half, and both halves are about as large") {
    const test::TemporaryDirectory directory;
    const fs::path recording = record(directory.path(), 60);
    CountingGpu gpu;
    std::multiset<std::string> seen;
    for (const run::Half half : {run::Half::kEven, run::Half::kOdd}) {
        run::CheckOptions options;
        options.half = half;
        const auto check = run::check_recording(recording, gpu, options);
        CHECK(check.entries.size() > 15);
        for (const run::EntryCheck& each : check.entries) seen.insert(each.name);
    }
    CHECK(seen.size() == 60);
    CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == 60);
}
