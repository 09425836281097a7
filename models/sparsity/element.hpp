#pragma once
#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>

#include "models/types/data_type.hpp"

namespace sptc::sparsity {

/// What a matrix may hold: float, double, or std::uint16_t, which always means the bits of an f16.
template <class E>
concept Element =
    std::same_as<E, std::uint16_t> || std::same_as<E, float> || std::same_as<E, double>;

/// An unsigned number that orders elements by |w|, taken from the bits, so nothing is rounded: +0
/// and -0 give 0, and every NaN gives the same key, above infinity.
[[nodiscard]] inline std::uint32_t magnitude_key(std::uint16_t f16) {
    return std::min<std::uint32_t>(f16 & 0x7fffu, 0x7c01u);
}
[[nodiscard]] inline std::uint32_t magnitude_key(float value) {
    return std::min(std::bit_cast<std::uint32_t>(value) & 0x7fff'ffffu, 0x7f80'0001u);
}
[[nodiscard]] inline std::uint64_t magnitude_key(double value) {
    return std::min<std::uint64_t>(std::bit_cast<std::uint64_t>(value) & 0x7fff'ffff'ffff'ffffu,
                                   0x7ff0'0000'0000'0001u);
}

/// Is the element worth nothing? True for +0 and -0; NaN and infinity are nonzero.
template <Element E>
[[nodiscard]] bool is_zero(E element) {
    return magnitude_key(element) == 0;
}

/// The element's value; exact.
[[nodiscard]] inline double to_f64(std::uint16_t f16) { return types::f16_to_f64(f16); }
[[nodiscard]] inline double to_f64(float value) { return value; }
[[nodiscard]] inline double to_f64(double value) { return value; }

}  // namespace sptc::sparsity
