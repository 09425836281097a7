#include "sim/timing/parameters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "models/base/error.hpp"

namespace sptc::timing {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || text.empty()) return std::nullopt;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    constexpr std::uint64_t kKibi = 1024;
    if (unit.empty()) return value;
    if (unit == "K") return value * kKibi;
    if (unit == "M") return value * kKibi * kKibi;
    if (unit == "G") return value * kKibi * kKibi * kKibi;
    return std::nullopt;
}

bool is_number(const ParameterSpec& spec) { return spec.choices.empty() && spec.high != 0; }

/// The value as it is kept: a number without its unit. Throws ConfigError.
std::string checked(const ParameterSpec& spec, const std::string& value, std::string_view where) {
    if (!spec.choices.empty()) {
        if (std::find(spec.choices.begin(), spec.choices.end(), value) != spec.choices.end())
            return value;
        throw base::ConfigError(fmt::format("{}{}: got '{}', expected one of {}", where, spec.name,
                                            value, fmt::join(spec.choices, ", ")));
    }
    if (!is_number(spec)) return value;
    const auto number = parse_number(value);
    if (!number || *number < spec.low || *number > spec.high) {
        throw base::ConfigError(fmt::format("{}{}: got '{}', expected a number from {} to {}",
                                            where, spec.name, value, spec.low, spec.high));
    }
    return std::to_string(*number);
}

}  // namespace

Parameters::Parameters(std::span<const ParameterSpec> specs,
                       const std::map<std::string, std::string>& given, std::string_view where) {
    for (const auto& [name, value] : given) {
        const bool known = std::any_of(specs.begin(), specs.end(),
                                       [&name = name](const auto& s) { return s.name == name; });
        if (known) continue;
        std::vector<std::string_view> names;
        for (const ParameterSpec& spec : specs) names.push_back(spec.name);
        throw base::ConfigError(fmt::format("{}{}: unknown parameter; expected one of {}", where,
                                            name, fmt::join(names, ", ")));
    }
    for (const ParameterSpec& spec : specs) {
        const auto found = given.find(std::string(spec.name));
        if (found == given.end() && spec.default_value.empty())
            throw base::ConfigError(fmt::format("{}{}: missing", where, spec.name));
        values_[std::string(spec.name)] = checked(
            spec, found == given.end() ? std::string(spec.default_value) : found->second, where);
    }
}

const std::string& Parameters::text(std::string_view name) const {
    const auto found = values_.find(name);
    SPTC_ASSERT(found != values_.end());
    return found->second;
}

std::uint64_t Parameters::number(std::string_view name) const {
    const auto value = parse_number(text(name));
    SPTC_ASSERT(value);
    return *value;
}

std::uint32_t Parameters::number32(std::string_view name) const {
    return static_cast<std::uint32_t>(number(name));
}

std::vector<std::string> expand_values(const ParameterSpec& spec, std::string_view text) {
    std::vector<std::string> values;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        const std::string_view part = text.substr(begin, comma - begin);
        begin = comma + 1;
        const std::size_t dash = part.find('-');
        if (is_number(spec) && dash != std::string_view::npos) {
            const auto low = parse_number(part.substr(0, dash));
            const auto high = parse_number(part.substr(dash + 1));
            if (!low || !high || *low > *high || *high > spec.high) {
                throw base::ConfigError(
                    fmt::format("{}: got '{}', expected a range within {} to {}", spec.name, part,
                                spec.low, spec.high));
            }
            for (std::uint64_t value = *low; value <= *high; ++value)
                values.push_back(std::to_string(value));
        } else {
            values.emplace_back(part);
        }
    }
    return values;
}

}  // namespace sptc::timing
