#pragma once
#include <string_view>

namespace sptc::lowering {

/// What a PTX operation becomes: machine operations, separated by blanks, the last of which gives
/// the result.
struct Expansion {
    std::string_view head;  ///< the opcode's first words: "mul.lo"
    std::string_view tail;  ///< and its last: "s64"; empty: any
    std::string_view machine;
    bool chained = true;  ///< each machine operation needs the one before (a carry)
};

/// The first row that fits an opcode, or nullptr.
[[nodiscard]] const Expansion* find_expansion(std::string_view opcode);

}  // namespace sptc::lowering
