#pragma once
#include <cstdint>

#include "models/isa/mma.hpp"

namespace sptc::numeric {

/// What a slot of A and a slot of B (an element, or a byte of smaller ones) add to the sum of an
/// integer or b1 form: the exact sum of the products, or the number of ones.
[[nodiscard]] std::int32_t slot_dot(const isa::MmaForm& form, std::uint32_t a, std::uint32_t b);

/// The sum of an instruction added to C: modulo 2^32, or saturating once to the range of s32.
[[nodiscard]] std::uint32_t add_integer_sum(const isa::MmaForm& form, std::int32_t sum,
                                            std::uint32_t c);

}  // namespace sptc::numeric
