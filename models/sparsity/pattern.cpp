#include "models/sparsity/pattern.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <bit>
#include <charconv>
#include <map>
#include <mutex>
#include <string>
#include <utility>
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
    Pattern{"4:16", 4, 16, 4, "hypothetical: 75 % sparse with a wider choice, 16:1 mux"},
    Pattern{"1:16", 1, 16, 4, "hypothetical: 93.75 % sparse, 16:1 mux"},
};

/// A pattern that no row holds, with the text that its name points to.
struct OtherPattern {
    std::string name;
    std::string note;
    Pattern pattern;
};

/// Reads all of "N:M".
bool read_extents(std::string_view name, int& n, int& m) {
    const char* const end = name.data() + name.size();
    const auto [colon, n_error] = std::from_chars(name.data(), end, n);
    if (n_error != std::errc{} || colon == end || *colon != ':') return false;
    const auto [stop, m_error] = std::from_chars(colon + 1, end, m);
    return m_error == std::errc{} && stop == end;
}

[[noreturn]] void reject(std::string_view name, std::string_view why) {
    std::vector<std::string_view> named;
    for (const Pattern& row : kPatterns) named.push_back(row.name);
    throw base::ConfigError(
        fmt::format("unknown pattern '{}': {}; expected N:M with 1 <= N <= M <= {}, such as {}",
                    name, why, kMaxPatternGroup, fmt::join(named, ", ")));
}

/// A pattern is interned: whoever asks for "3:7" again gets the same one.
const Pattern& other_pattern(int n, int m) {
    static std::mutex mutex;
    static std::map<std::pair<int, int>, OtherPattern> known;
    const std::lock_guard lock(mutex);
    const auto [at, is_new] = known.try_emplace({n, m});
    OtherPattern& other = at->second;
    if (is_new) {
        other.name = fmt::format("{}:{}", n, m);
        other.note = fmt::format("hypothetical: {:.3g} % sparse, {}:1 mux", 100.0 * (m - n) / m, m);
        const int index_bits = static_cast<int>(std::bit_width(static_cast<unsigned>(m - 1)));
        other.pattern = {other.name, n, m, index_bits, other.note};
    }
    return other.pattern;
}

}  // namespace

std::span<const Pattern> patterns() { return kPatterns; }

const Pattern& find_pattern(std::string_view name) {
    for (const Pattern& row : kPatterns) {
        if (row.name == name) return row;
    }
    int n = 0;
    int m = 0;
    if (!read_extents(name, n, m)) reject(name, "not of the form N:M");
    if (n < 1) reject(name, "keeps nothing");
    if (n > m) reject(name, fmt::format("cannot keep {} of {}", n, m));
    if (m > kMaxPatternGroup) reject(name, fmt::format("a group of {} is too large", m));
    for (const Pattern& row : kPatterns) {  // "02:4"
        if (row.n == n && row.m == m) return row;
    }
    return other_pattern(n, m);
}

}  // namespace sptc::sparsity
