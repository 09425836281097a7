#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/sweep/sweep_file.hpp"
#include "sim/sweep/value.hpp"

namespace sptc::sweep {

/// A description of a GPU, or of the machine of a variant, before a point sets numbers of it.
struct GpuDescription {
    std::string name;
    std::string text;  ///< JSON without white space
    std::string hash;  ///< SHA-256 of the text
};

/// One simulation to make.
struct Point {
    std::uint64_t ordinal = 0;  ///< place in the sweep, from 0
    Parameters parameters;      ///< all of them, with defaults
    const GpuDescription* gpu = nullptr;
    std::string hash;        ///< identity: SHA-256 of parameters, GPU description, program version
    std::string dense_hash;  ///< of the same point with a dense A
};

/// The points of a sweep and how they came about.
struct Expansion {
    std::map<std::string, GpuDescription> gpus;  ///< by kind and what the sweep calls them
    std::vector<Point> points;                   ///< each hash once, in order
    std::uint64_t combinations = 0;
    std::uint64_t excluded = 0;     ///< by constraints
    std::uint64_t not_sampled = 0;  ///< allowed, but not drawn
    std::uint64_t duplicates = 0;
};

/// Makes the points: every listed point with every combination of the grid (listed points slowest,
/// the last axis fastest); then those that every constraint allows; then, with a sample, `count` of
/// them: for i = 0, 1, ... the i-th is exchanged with the one at i + (64 random bits mod what is
/// left) of base::Random, and the first `count` are kept in their original order. Throws
/// ConfigError, naming the point, for a parameter or a GPU number that does not exist or a value
/// that is not legal, and when nothing is left.
[[nodiscard]] Expansion expand(const SweepFile& sweep, std::string_view version);

}  // namespace sptc::sweep
