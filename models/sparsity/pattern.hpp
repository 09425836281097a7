#pragma once
#include <span>
#include <string_view>

namespace sptc::sparsity {

/// One N:M pattern: at most n of every aligned group of m consecutive elements along K are kept.
struct Pattern {
    std::string_view name;  ///< "2:4"
    int n;                  ///< kept per group
    int m;                  ///< group size
    int index_bits;         ///< bits of one stored index: ceil(log2(m))
    std::string_view note;  ///< one line for `sptc list patterns`
};

inline constexpr int kMaxPatternGroup = 32;  ///< largest M of an N:M pattern

/// The patterns that have a name of their own. Adding one is adding a row.
[[nodiscard]] std::span<const Pattern> patterns();

/// The pattern of a name such as "2:4": a row of patterns(), or any other N:M with 1 <= N <= M <=
/// kMaxPatternGroup. The reference stays valid. Throws ConfigError saying what is legal.
[[nodiscard]] const Pattern& find_pattern(std::string_view name);

}  // namespace sptc::sparsity
