#pragma once
#include <cstdint>

#include "models/base/random.hpp"
#include "traces/probe/operands.hpp"

namespace sptc::probe {

/// What random operands are made to reach. Integer and b1 forms draw uniform bits; of C, every
/// second value lies within 2^12 of the ends of s32.
enum class InputClass : std::uint8_t {
    kBits,          ///< every bit pattern, also NaN and infinity
    kNear,          ///< exponents from -3 to 2
    kWide,          ///< every finite exponent
    kCancellation,  ///< neighbours in A of opposite sign that differ in the last bit, B alike
    kZeros,         ///< as kNear, half of A and a quarter of B zero of either sign
    kSubnormal,     ///< the two least exponents
    kLargest,       ///< the two largest finite exponents
    kCount
};

/// Operands of one instruction, and legal codes of ascending indices.
[[nodiscard]] Operands random_operands(const isa::MmaForm& form, InputClass input,
                                       base::Random& random);

/// The same with one code for all rows of each chunk, so that each row of B is selected by all rows
/// of A or by none.
[[nodiscard]] Operands uniform_selection(const isa::MmaForm& form, InputClass input,
                                         base::Random& random);

}  // namespace sptc::probe
