#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "traces/cuda/gpu.hpp"
#include "traces/cuda/kept_output.hpp"

namespace sptc::cuda {

/// The "schema" of recording.json, and the files of a recording's folder (docs/recording.md).
inline constexpr std::string_view kRecordingSchema = "sptc.recording/1";
inline constexpr std::string_view kRecordingFile = "recording.json";
inline constexpr std::string_view kAnswersFile = "answers.bin";

/// The name of a simulated device.
inline constexpr std::string_view kSimulatedDevice = "simulated";

/// Times of repeated runs.
struct Times {
    double median_us = 0;
    double low_us = 0;  ///< the quartiles
    double high_us = 0;
    std::uint64_t runs = 0;
};
[[nodiscard]] Times times_of(std::vector<double> microseconds);

/// What the device did with one entry of the campaign.
struct Answer {
    std::string name;      ///< of the entry
    std::string problem;   ///< why there are no outputs; else empty
    bool damaged = false;  ///< the problem is the recording's, not the device's
    std::string kernel_sha256;
    std::string launch_sha256;
    std::string inputs_sha256;  ///< launch::inputs_sha256
    std::vector<KeptOutput> outputs;
    Times times;

    [[nodiscard]] bool answered() const { return problem.empty(); }
};

struct Recording {
    DeviceInfo device;
    double measured_clock_mhz = 0;  ///< of the SMs under load; 0: unknown
    std::string date;               ///< ISO 8601, UTC
    std::uint64_t generator = 0;    ///< launch::kGeneratorVersion of the recorder
    std::string campaign_sha256;    ///< of campaign.json
    std::vector<Answer> answers;
};

/// Writes recording.json and answers.bin. Throws ConfigError.
void write_recording(const Recording& recording, const std::filesystem::path& folder);

/// Reads a recording. Answers whose hashes do not match keep no output and say so in `problem`.
/// Throws ConfigError when recording.json cannot be read or its own hash does not match.
[[nodiscard]] Recording read_recording(const std::filesystem::path& folder);

}  // namespace sptc::cuda
