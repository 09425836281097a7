#pragma once
#include <string>

#include "sim/run/check_recording.hpp"

namespace sptc::report {

/// What a check found: a line for each group, then every entry that does not agree, with its first
/// mismatch, and with `rows` every timing row.
enum class TimingRows : std::uint8_t { kSummary, kAll };
[[nodiscard]] std::string check_table(const run::RecordingCheck& check, TimingRows rows);

/// What a recording holds.
[[nodiscard]] std::string recording_table(const run::RecordingContent& content);

}  // namespace sptc::report
