#include "traces/launch/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/base/error.hpp"
#include "traces/launch/element.hpp"

namespace sptc::launch {
namespace {

/// "[1][2]" of element i of a row-major array; "[i]" where the extents are unknown.
std::string index_text(std::uint64_t i, const std::vector<std::uint64_t>& dimensions) {
    if (dimensions.empty()) return fmt::format("[{}]", i);
    std::string text;
    for (std::size_t axis = dimensions.size(); axis-- > 0;) {
        text.insert(0, fmt::format("[{}]", axis == 0 ? i : i % dimensions[axis]));
        i /= dimensions[axis];
    }
    return text;
}

std::string value_text(types::DataType type, std::uint64_t bits) {
    return fmt::format("{} ({:#x})", decode_element(type, bits), bits);
}

bool within(double found, double expected, const Tolerance& tolerance) {
    if (std::isnan(expected) || std::isnan(found)) return std::isnan(expected) && std::isnan(found);
    if (std::isinf(expected) || std::isinf(found)) return found == expected;
    return std::fabs(found - expected) <=
           tolerance.absolute + tolerance.relative * std::fabs(expected);
}

std::uint64_t element_count(const Expectation& expectation, types::DataType type) {
    std::uint64_t count =
        expectation.data.size() * 8 / static_cast<std::uint64_t>(types::bits(type));
    if (expectation.dimensions.empty()) return count;
    std::uint64_t whole = 1;
    for (const std::uint64_t extent : expectation.dimensions) whole *= extent;
    return std::min(count, whole);  // elements below a byte may end inside one
}

}  // namespace

std::string tolerance_text(const Tolerance& tolerance) {
    if (tolerance.exact()) return "bit for bit";
    return fmt::format("within {} + {} * abs(expected)", tolerance.absolute, tolerance.relative);
}

OutputCheck check_output(const Expectation& expectation, std::span<const std::byte> found) {
    SPTC_ASSERT(found.size() == expectation.data.size());
    const types::DataType type = expectation.type.value_or(types::DataType::kU8);
    OutputCheck check{expectation.buffer, expectation.file, expectation.tolerance, 0, 0, {}};
    check.elements = element_count(expectation, type);
    for (std::uint64_t i = 0; i < check.elements; ++i) {
        const std::uint64_t got = element_bits(found, type, i);
        const std::uint64_t wanted = element_bits(expectation.data, type, i);
        if (got == wanted) continue;
        if (!check.tolerance.exact() &&
            within(decode_element(type, got), decode_element(type, wanted), check.tolerance)) {
            continue;
        }
        if (check.mismatches++ != 0) continue;
        check.first_mismatch = fmt::format("{}{} is {}, expected {}", check.buffer,
                                           index_text(i, expectation.dimensions),
                                           value_text(type, got), value_text(type, wanted));
    }
    return check;
}

}  // namespace sptc::launch
