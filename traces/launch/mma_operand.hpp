#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/types/data_type.hpp"

namespace sptc::launch {

/// The version of every random generator of launch files. A change of any byte that a seed gives
/// raises it; recordings carry it.
inline constexpr std::uint64_t kGeneratorVersion = 1;

/// Which operand of a matrix instruction a buffer holds.
enum class MmaOperand : std::uint8_t { kA, kB, kC };

/// The input classes of the distribution "mma". Block i of a buffer is of class i mod kCount.
enum class OperandClass : std::uint8_t {
    kBits,         ///< every bit pattern, with NaN and infinities
    kOrdinary,     ///< exponents from -3 to 0
    kWide,         ///< all finite exponents, an eighth zeros
    kCancelling,   ///< every second product takes away most of the one before
    kTiny,         ///< subnormals and the smallest normal numbers; integers from -1 to 1
    kHuge,         ///< near overflow; the extremes of integers
    kBoundary,     ///< significands of zeros, ones, or one bit; exponents from -14 to 13
    kSignedZeros,  ///< mostly zeros of both signs
    kSpecials,     ///< ordinary with a few zeros, infinities and NaN
    kCount
};

/// `bytes` bytes of operands in blocks of `block_bytes`, one block for an instruction. Elements lie
/// in memory order, in which neighbours are neighbours along K. Block i draws from
/// Random(r + i), where r is the first draw of Random(seed). Integers only, the same on every
/// machine.
[[nodiscard]] std::vector<std::byte> mma_operands(types::DataType type, MmaOperand operand,
                                                  std::uint64_t block_bytes, std::uint64_t seed,
                                                  std::uint64_t bytes);

/// `bytes` bytes of metadata: every nibble a legal code of ascending indices of the pattern, "2:4"
/// (also of 4:8 in pairs) or "1:2" (tf32). Throws ConfigError for another pattern.
[[nodiscard]] std::vector<std::byte> random_metadata(std::string_view pattern, std::uint64_t seed,
                                                     std::uint64_t bytes);

}  // namespace sptc::launch
