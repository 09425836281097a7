#pragma once
#include <bit>
#include <vector>

#include "models/sm/bank_conflicts.hpp"

namespace sptc::sm {

/// Which of the tag banks, a power of two, holds a line's tag: the exclusive or of the digits of
/// the line's number to that base. With four banks, and nothing else, the cycles that gpu-benches
/// measured on an A100 for 130 strided loads come out (tests/timing/memory_timing_test.cpp).
[[nodiscard]] constexpr std::uint32_t tag_bank(std::uint64_t line_address, std::uint32_t banks) {
    const int bits = std::countr_zero(banks);
    if (bits == 0) return 0;
    std::uint64_t folded = 0;
    for (std::uint64_t line = line_address / kLineBytes; line != 0; line >>= bits) folded ^= line;
    return static_cast<std::uint32_t>(folded & (banks - 1));
}

/// Gives each line the pass in which its tag is looked up, one line per bank and pass, and orders
/// the lines by pass.
void order_by_tag_pass(std::uint32_t banks, std::vector<LineSectors>& lines);

}  // namespace sptc::sm
