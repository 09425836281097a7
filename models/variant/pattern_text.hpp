#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sptc::variant {

/// Keep n of every m.
struct Ratio {
    int n = 1;
    int m = 1;
    bool operator==(const Ratio&) const = default;
};

/// A sparsity pattern as the command line spells it: "dense", "2:6", "64:2:8" (V:N:M: blocks of V
/// rows), "4:8/2:4" (rank by rank, the coarse one first; for S2TA weights, then activations).
struct PatternText {
    std::string text;
    int block_rows = 1;         ///< V
    std::vector<Ratio> ratios;  ///< one, or two; 1:1 when dense

    [[nodiscard]] bool dense() const { return ratios.size() == 1 && ratios[0] == Ratio{}; }
};

/// Throws ConfigError: what was found and what is legal (0 < N <= M <= 32).
[[nodiscard]] PatternText parse_pattern(std::string_view text);

}  // namespace sptc::variant
