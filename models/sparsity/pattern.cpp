#include "models/sparsity/pattern.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <vector>

#include "models/base/error.hpp"

namespace sptc::sparsity {
namespace {

constexpr std::array kPatterns{
    Pattern{"2:4", 2, 4, 2, "Ampere sparse tensor cores: f16, bf16, s8, u8"},
    Pattern{"1:2", 1, 2, 1, "Ampere sparse tensor cores: tf32"},
    Pattern{"1:4", 1, 4, 2, "hypothetical: 75 % sparse, 4:1 mux"},
    Pattern{"1:8", 1, 8, 3, "hypothetical: 87.5 % sparse, 8:1 mux"},
    Pattern{"2:6", 2, 6, 3, "hypothetical: 66.7 % sparse, 6:1 mux"},
    Pattern{"2:8", 2, 8, 3, "hypothetical: 75 % sparse, 8:1 mux"},
    Pattern{"4:8", 4, 8, 3, "hypothetical: 50 % sparse with a wider choice, 8:1 mux"},
    Pattern{"6:8", 6, 8, 3, "hypothetical: 25 % sparse, 8:1 mux"},
};

}  // namespace

std::span<const Pattern> patterns() { return kPatterns; }

const Pattern& find_pattern(std::string_view name) {
    std::vector<std::string_view> legal;
    for (const Pattern& row : kPatterns) {
        if (row.name == name) return row;
        legal.push_back(row.name);
    }
    throw base::ConfigError(
        fmt::format("unknown pattern '{}': expected one of {}", name, fmt::join(legal, ", ")));
}

}  // namespace sptc::sparsity
