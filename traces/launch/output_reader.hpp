#pragma once
#include <filesystem>

#include "traces/launch/launch.hpp"

namespace sptc::launch {

class Fields;

/// Reads "outputs" of the whole launch file into Launch::outputs and Launch::expectations: names of
/// buffers, or {"buffer": NAME, "expected": FILE, "tolerance": {"absolute": A, "relative": R}}.
/// Expected files are looked up in `folder`. Throws ConfigError with the JSON pointer.
void read_outputs(const Fields& file, Launch& launch, const std::filesystem::path& folder);

}  // namespace sptc::launch
