#include "sim/workload/extent.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace sptc::workload {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

}  // namespace

std::optional<std::uint32_t> evaluate_extent(std::string_view text,
                                             const std::map<std::string, std::uint32_t>& parameters,
                                             std::string& problem) {
    std::uint64_t product = 1;
    std::string_view rest = text;
    for (bool more = true; more;) {
        const std::size_t star = rest.find('*');
        more = star != std::string_view::npos;
        const std::string_view factor = trimmed(rest.substr(0, star));
        if (more) rest.remove_prefix(star + 1);
        std::uint32_t value = 0;
        const char* const end = factor.data() + factor.size();
        const auto [stop, error] = std::from_chars(factor.data(), end, value);
        if (error != std::errc{} || stop != end) {
            const auto found = parameters.find(std::string(factor));
            if (found == parameters.end()) {
                std::string names;
                for (const auto& [name, unused] : parameters) names += " " + name;
                problem = fmt::format("'{}' is neither a number nor a parameter; parameters are:{}",
                                      factor, names);
                return std::nullopt;
            }
            value = found->second;
        }
        product *= value;
        if (product == 0 || product > kMost) {
            problem = fmt::format("'{}' is not from 1 to {}", text, kMost);
            return std::nullopt;
        }
    }
    return static_cast<std::uint32_t>(product);
}

}  // namespace sptc::workload
