#pragma once
#include <cstdint>

#include "models/types/data_type.hpp"

namespace sptc::types {

/// The value of an element of any type; exact. Of tf32 the low 13 bits are ignored.
[[nodiscard]] double value_of(DataType type, std::uint64_t bits);

/// The bits of the element of a floating-point type that is nearest to a value: rounded once, to
/// even; overflow gives infinity, NaN gives the pattern of all ones but the sign (and, in tf32, the
/// ignored bits). Of an integer type the value must be one that the type holds (SPTC_ASSERT).
[[nodiscard]] std::uint64_t nearest_bits(DataType type, double value);

/// The values that an integer type holds.
struct IntegerRange {
    std::int64_t least;
    std::int64_t greatest;
};
[[nodiscard]] IntegerRange integer_range(DataType type);

/// Is the type an integer, or a bit?
[[nodiscard]] bool is_integer(DataType type);

}  // namespace sptc::types
