#include "models/reference/integer_dot.hpp"

#include <algorithm>
#include <limits>

#include "models/base/error.hpp"

namespace sptc::reference {
namespace {

/// Elements have at most 8 bits and C has 32, so no sum of an instruction comes near 2^63.
std::int64_t value(const Number& number) {
    const auto magnitude = static_cast<std::int64_t>(number.significand);
    return number.negative ? -magnitude : magnitude;
}

std::uint64_t wrap(std::int64_t sum) { return static_cast<std::uint32_t>(sum); }

}  // namespace

std::uint64_t integer_dot_add(std::span<const Number> a, std::span<const Number> b, std::uint64_t c,
                              Overflow overflow) {
    SPTC_ASSERT(a.size() == b.size());
    std::int64_t sum = value(decode(types::DataType::kS32, c));
    for (std::size_t j = 0; j < a.size(); ++j) sum += value(a[j]) * value(b[j]);
    if (overflow == Overflow::kWrap) return wrap(sum);
    using Limits = std::numeric_limits<std::int32_t>;
    return wrap(std::clamp<std::int64_t>(sum, Limits::min(), Limits::max()));
}

std::uint64_t popcount_add(std::span<const Number> a, std::span<const Number> b, std::uint64_t c,
                           BitOperation operation) {
    SPTC_ASSERT(a.size() == b.size());
    std::int64_t sum = value(decode(types::DataType::kS32, c));
    for (std::size_t j = 0; j < a.size(); ++j) {
        const bool one = operation == BitOperation::kAnd ? !a[j].zero() && !b[j].zero()
                                                         : a[j].zero() != b[j].zero();
        sum += one ? 1 : 0;
    }
    return wrap(sum);
}

}  // namespace sptc::reference
