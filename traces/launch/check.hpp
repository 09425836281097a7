#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "traces/launch/launch.hpp"

namespace sptc::launch {

/// A compared output.
struct OutputCheck {
    std::string buffer;
    std::string file;  ///< of the expected values
    Tolerance tolerance;
    std::uint64_t elements = 0;
    std::uint64_t mismatches = 0;
    std::string first_mismatch;  ///< "C[1][2] is 3 (0x40400000), expected 4 (0x40800000)"
    std::string doubt{};  ///< why its bits may not be those of a GPU; empty: they are claimed to be
};

/// "bit for bit", or "within 1e-06 + 2e-05 * abs(expected)".
[[nodiscard]] std::string tolerance_text(const Tolerance& tolerance);

/// Compares what a buffer holds with what was expected: bit by bit, or within the tolerance (then
/// NaN agrees with NaN, and an infinity with itself only). `found` has as many bytes as expected.
[[nodiscard]] OutputCheck check_output(const Expectation& expectation,
                                       std::span<const std::byte> found);

}  // namespace sptc::launch
