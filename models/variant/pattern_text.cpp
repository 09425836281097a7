#include "models/variant/pattern_text.hpp"

#include <fmt/format.h>

#include <charconv>

#include "models/base/error.hpp"

namespace sptc::variant {
namespace {

constexpr int kMaxM = 32;
constexpr int kMaxBlockRows = 1024;

[[noreturn]] void fail(std::string_view text) {
    throw base::ConfigError(
        fmt::format("pattern '{}': expected dense, N:M, V:N:M or G:H/N:M with 0 < N <= M <= {}, V "
                    "at most {}, or the part that is kept, such as 0.1",
                    text, kMaxM, kMaxBlockRows));
}

std::vector<int> numbers(std::string_view part, std::string_view whole) {
    std::vector<int> result;
    while (true) {
        const std::string_view digits = part.substr(0, part.find(':'));
        int value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc{} || end != digits.data() + digits.size() || value < 1) fail(whole);
        result.push_back(value);
        if (digits.size() == part.size()) return result;
        part.remove_prefix(digits.size() + 1);
    }
}

Ratio ratio(int n, int m, std::string_view text) {
    if (n > m || m > kMaxM) fail(text);
    return {n, m};
}

}  // namespace

PatternText parse_pattern(std::string_view text) {
    PatternText pattern{std::string(text), 1, {}};
    if (text.find('.') != std::string_view::npos) {
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, pattern.kept);
        if (error != std::errc{} || stop != end || !(pattern.kept > 0 && pattern.kept < 1))
            fail(text);
        pattern.ratios = {{1, 1}};
        return pattern;
    }
    if (text == "dense") {
        pattern.ratios = {{1, 1}};
        return pattern;
    }
    const std::size_t slash = text.find('/');
    const std::vector<int> first = numbers(text.substr(0, slash), text);
    if (slash != std::string_view::npos) {
        const std::vector<int> second = numbers(text.substr(slash + 1), text);
        if (first.size() != 2 || second.size() != 2) fail(text);
        pattern.ratios = {ratio(first[0], first[1], text), ratio(second[0], second[1], text)};
    } else if (first.size() == 3) {
        if (first[0] > kMaxBlockRows) fail(text);
        pattern.block_rows = first[0];
        pattern.ratios = {ratio(first[1], first[2], text)};
    } else {
        if (first.size() != 2) fail(text);
        pattern.ratios = {ratio(first[0], first[1], text)};
    }
    return pattern;
}

}  // namespace sptc::variant
