#pragma once
#include <string>

#include "traces/launch/launch.hpp"

namespace sptc::launch {

/// What a launch file means, resolved to the last byte, as lines of text: kernels with the bytes of
/// their arguments, buffers with the SHA-256 of their content, outputs and what they must hold.
/// Buffer i lies at (i + 1) * 2^40. Two readers understand a file alike when these are equal.
[[nodiscard]] std::string resolved_text(const Launch& launch);

/// The SHA-256 of the initial content of every buffer that has one, in the order of the launch, one
/// after another. What two runs must share to be comparable.
[[nodiscard]] std::string inputs_sha256(const Launch& launch);

}  // namespace sptc::launch
