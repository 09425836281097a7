#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "traces/campaign/pack.hpp"
#include "traces/cuda/campaign.hpp"
#include "traces/cuda/gpu.hpp"
#include "traces/cuda/recording.hpp"

namespace sptc::run {

/// A recorded time and the simulated one, in cycles.
struct TimingRow {
    std::string name;
    double recorded = 0;
    double simulated = 0;
    /// Not when the clock of the device is unknown, or a kernel takes no longer than an empty one.
    [[nodiscard]] bool judged() const { return recorded > 0; }
    [[nodiscard]] double error_percent() const { return 100 * (simulated - recorded) / recorded; }
};

/// Entries of one half: constants are calibrated on one and judged on the other. The last bit of
/// the digest of an entry's name decides, so an entry stays in its half whatever else is recorded.
enum class Half : std::uint8_t { kBoth, kEven, kOdd };
[[nodiscard]] bool is_in(Half half, std::string_view entry);

/// How an entry of a recording fared.
enum class EntryState : std::uint8_t {
    kAgrees,
    kDiffers,      ///< bits
    kNotRecorded,  ///< the device did not answer
    kDamaged,      ///< hashes do not match, or files are missing
    kNotSimulated  ///< the simulator refuses it
};

struct EntryCheck {
    std::string name;
    std::string group;
    EntryState state = EntryState::kAgrees;
    std::uint64_t cases = 0;  ///< blocks of outputs; instructions of numerics
    std::uint64_t mismatches = 0;
    std::string first_mismatch;  ///< operands, expected, got
    std::string problem;         ///< unless it agrees or differs
    std::vector<TimingRow> rows;
    bool kernel_changed = false;  ///< today's generator writes another kernel
};

struct CheckOptions {
    std::string only;  ///< a group; empty: all
    Half half = Half::kBoth;
    std::uint64_t stride = 1;  ///< every stride-th entry of a group, counted in the half
    std::function<void(double done, std::string_view entry)> progress;
};

struct RecordingCheck {
    cuda::Recording recording;
    std::vector<EntryCheck> entries;

    [[nodiscard]] bool agrees() const;  ///< no entry differs or is damaged
};

/// Runs what a recording carries on `gpu` and compares. Throws ConfigError when the recording
/// cannot be read or is refused; one damaged entry does not stop the others.
[[nodiscard]] RecordingCheck check_recording(const std::filesystem::path& folder, cuda::Gpu& gpu,
                                             const CheckOptions& options);

/// What a recording holds, without simulating: entries in the campaign's order, with what damage
/// says.
struct RecordingContent {
    cuda::Recording recording;
    cuda::Campaign campaign;
    std::vector<campaign::DamagedFile> damaged;  ///< of campaign.pack
    std::uint64_t pack_bytes = 0;
    std::uint64_t answer_bytes = 0;
};
[[nodiscard]] RecordingContent read_content(const std::filesystem::path& folder);

}  // namespace sptc::run
