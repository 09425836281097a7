#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "traces/cuda/campaign.hpp"
#include "traces/cuda/gpu.hpp"
#include "traces/cuda/recording.hpp"

namespace sptc::run {

/// A recorded time and the simulated one, in cycles.
struct TimingRow {
    std::string name;
    double recorded = 0;
    double simulated = 0;
    [[nodiscard]] double error_percent() const {
        return recorded == 0 ? 0 : 100 * (simulated - recorded) / recorded;
    }
};

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
    std::string only;          ///< a group; empty: all
    std::uint64_t stride = 1;  ///< every stride-th entry of a group
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
    std::uint64_t pack_bytes = 0;
    std::uint64_t answer_bytes = 0;
};
[[nodiscard]] RecordingContent read_content(const std::filesystem::path& folder);

}  // namespace sptc::run
