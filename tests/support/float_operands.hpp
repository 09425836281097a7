#pragma once
#include <cstdint>
#include <vector>

#include "models/base/random.hpp"
#include "models/reference/number.hpp"

namespace sptc::test {

/// Patterns of a floating-point format where arithmetic is most likely wrong: zeros, the smallest
/// and largest subnormal and normal numbers, one and its neighbours, infinities, NaN.
inline std::vector<std::uint64_t> edge_patterns(const reference::FloatFormat& format) {
    const std::uint64_t one = (std::uint64_t{1} << (format.exponent_bits - 1)) - 1;
    const std::uint64_t ulp = 1;
    const std::uint64_t unit = one << format.fraction_bits;
    const std::uint64_t smallest_normal = std::uint64_t{1} << format.fraction_bits;
    std::vector<std::uint64_t> patterns{0,
                                        ulp,
                                        3,
                                        smallest_normal - 1,
                                        smallest_normal,
                                        smallest_normal + 1,
                                        unit - 1,
                                        unit,
                                        unit + 1,
                                        unit + (smallest_normal >> 1),
                                        format.infinity() - 1,
                                        format.infinity(),
                                        format.canonical_nan()};
    const std::size_t positive = patterns.size();
    for (std::size_t i = 0; i + 1 < positive; ++i) {
        patterns.push_back(patterns[i] | format.sign_bit());
    }
    return patterns;
}

/// A random pattern: any bits, or a number whose exponent is close to that of 1, so that terms
/// meet.
inline std::uint64_t random_pattern(const reference::FloatFormat& format, base::Random& random) {
    const std::uint64_t bits = random.bits() & ((format.sign_bit() << 1) - 1);
    if (random.below(3) == 0) return bits;
    const std::uint64_t middle = (std::uint64_t{1} << (format.exponent_bits - 1)) - 1;
    const std::uint64_t near = middle - 4 + random.below(9);
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << format.fraction_bits) - 1);
    // A few set bits only give ties.
    const std::uint64_t sparse =
        random.below(2) == 0 ? fraction : fraction & random.bits() & random.bits();
    return (bits & format.sign_bit()) | (near << format.fraction_bits) | sparse;
}

}  // namespace sptc::test
