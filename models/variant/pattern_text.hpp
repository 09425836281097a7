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
/// rows), "4:8/2:4" (rank by rank, the coarse one first; for density-bound blocks weights, then
/// activations), "0.1" (unstructured: so much of the whole matrix is kept, wherever it is).
struct PatternText {
    std::string text;
    int block_rows = 1;         ///< V
    std::vector<Ratio> ratios;  ///< one, or two; 1:1 when dense or unstructured
    double kept = 1;            ///< below 1: unstructured

    [[nodiscard]] bool unstructured() const { return kept < 1; }
    [[nodiscard]] bool dense() const {
        return ratios.size() == 1 && ratios[0] == Ratio{} && !unstructured();
    }
};

/// Throws ConfigError: what was found and what is legal (0 < N <= M <= 32, 0 < density < 1).
[[nodiscard]] PatternText parse_pattern(std::string_view text);

}  // namespace sptc::variant
