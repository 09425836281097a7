#pragma once
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

/// What traces/launch and the folders below it use of fmt, so that the program for the GPU builds
/// where fmt is not installed: {}, {N}, {:x}, {:#x}, {:#04x}, {{ and }}, join(). A property test
/// holds the messages of both equal.
namespace fmt {

template <class Range>
struct Joined {
    const Range& range;
    std::string_view separator;
};

template <class Range>
Joined<Range> join(const Range& range, std::string_view separator) {
    return {range, separator};
}

namespace detail {

template <class Integer>
std::string digits(Integer value, int base) {
    char buffer[72];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, base);
    return {buffer, end.ptr};
}

/// The shortest decimal that reads back as the value; an exponent below 1e-4 and from 1e16 on.
inline std::string real(double value) {
    char buffer[512];
    const auto form = [&](std::chars_format style) {
        return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, style).ptr);
    };
    const std::string scientific = form(std::chars_format::scientific);
    const auto at = scientific.find('e');
    if (at == std::string::npos) return scientific;  // inf, nan
    const int exponent = std::stoi(scientific.substr(at + 1));
    return exponent >= -4 && exponent < 16 ? form(std::chars_format::fixed) : scientific;
}

/// Hexadecimal, as "#04x" asks: a prefix, and zeros up to the width.
template <class Integer>
std::string hexadecimal(Integer value, std::string_view style) {
    std::string text = digits(value, 16);
    const bool prefix = style.front() == '#';
    if (prefix) style.remove_prefix(1);
    const std::size_t width =
        style.size() < 2 ? 0 : std::stoul(std::string(style.substr(0, style.size() - 1)));
    const std::size_t used = prefix ? 2 : 0;
    if (text.size() + used < width) text.insert(0, width - used - text.size(), '0');
    return prefix ? "0x" + text : text;
}

template <class Value>
std::string text_of(const Value& value, std::string_view style) {
    if constexpr (std::is_same_v<Value, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::is_same_v<Value, char>) {
        return std::string(1, value);
    } else if constexpr (std::is_integral_v<Value>) {
        return style.empty() ? digits(value, 10) : hexadecimal(value, style);
    } else if constexpr (std::is_floating_point_v<Value>) {
        return real(static_cast<double>(value));
    } else {
        return std::string(std::string_view(value));
    }
}

template <class Range>
std::string text_of(const Joined<Range>& joined, std::string_view style) {
    std::string text;
    bool first = true;
    for (const auto& each : joined.range) {
        if (!first) text += joined.separator;
        first = false;
        text += text_of(each, style);
    }
    return text;
}

}  // namespace detail

template <class... Arguments>
std::string format(std::string_view pattern, const Arguments&... arguments) {
    std::string result;
    std::size_t next = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c != '{' || pattern[i + 1] == '{') {
            result += c;
            if (c == '{' || c == '}') ++i;  // {{ and }}
            continue;
        }
        const std::size_t end = pattern.find('}', i);
        const std::string_view field = pattern.substr(i + 1, end - i - 1);
        const std::size_t colon = field.find(':');
        const std::string_view index = field.substr(0, colon);
        const std::string_view style =
            colon == std::string_view::npos ? std::string_view() : field.substr(colon + 1);
        const std::size_t wanted = index.empty() ? next++ : std::stoul(std::string(index));
        std::size_t at = 0;
        ((at++ == wanted ? void(result += detail::text_of(arguments, style)) : void()), ...);
        i = end;
    }
    return result;
}

}  // namespace fmt
