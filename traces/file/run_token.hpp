#pragma once
#include <cstdint>

namespace sptc::trace_file {

/// A run: one twin, or instructions that stand one behind the other in the table, with the same
/// active lanes. It is written as a varint, length << 3 | jump << 2 | lanes, then where it begins
/// if it jumps, then the mask if it is given.
inline constexpr int kRunLengthShift = 3;
inline constexpr std::uint64_t kRunJumps = 4;  ///< zigzag: begin - the place behind the last run
enum class RunLanes : std::uint8_t { kAsBefore, kNone, kAll, kGiven };
inline constexpr std::uint64_t kRunLanesMask = 3;

}  // namespace sptc::trace_file
