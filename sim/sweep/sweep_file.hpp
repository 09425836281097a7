#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/sweep/expression.hpp"
#include "sim/sweep/value.hpp"

namespace sptc::sweep {

/// So many of the combinations, drawn without replacement (expand.hpp says how).
struct Sample {
    std::uint64_t count = 0;
    std::uint64_t seed = 1;
};

/// A sweep as written: schema sptc.sweep/1, docs/sweep.md.
struct SweepFile {
    std::string name;
    std::string text;     ///< of the file
    Parameters defaults;  ///< of every point
    /// Every combination of the axes, the last one fastest ...
    std::vector<std::pair<std::string, std::vector<Value>>> grid;
    std::vector<Parameters> points;  ///< ... with each of these; one empty point when not given
    std::vector<Expression> constraints;
    std::optional<Sample> sample;
    std::filesystem::path folder;  ///< against which paths of GPU descriptions count
};

/// Reads a sweep. Throws ConfigError naming the file and the JSON pointer.
[[nodiscard]] SweepFile read_sweep_file(const std::filesystem::path& path);

}  // namespace sptc::sweep
