#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/types/data_type.hpp"

namespace sptc::launch {

/// How random elements are drawn (base::Random).
enum class Distribution : std::uint8_t {
    kNormal,   ///< close to N(0, 1); floating-point types
    kUniform,  ///< floating point: [-1, 1); integers: every value
    kBits      ///< every bit pattern, also infinities and NaNs
};

/// "normal", "uniform", "bits". Throws ConfigError listing them.
[[nodiscard]] Distribution parse_distribution(std::string_view name);

/// `bytes` bytes of random elements of `type`, the same for a seed on every machine. Narrow floats
/// are rounded to nearest even from a 64-bit draw. Throws ConfigError when the distribution does
/// not suit the type.
[[nodiscard]] std::vector<std::byte> random_bytes(types::DataType type, Distribution distribution,
                                                  std::uint64_t seed, std::uint64_t bytes);

/// `bytes` bytes of integers from `low` to `high`, each equally likely (base::Random::below), as
/// elements of `type`, which has at least 8 bits. For operands whose sums are exact in any order.
/// Throws ConfigError when a value is out of the type's range.
[[nodiscard]] std::vector<std::byte> random_integers(types::DataType type, std::int64_t low,
                                                     std::int64_t high, std::uint64_t seed,
                                                     std::uint64_t bytes);

}  // namespace sptc::launch
