#pragma once
#include <bit>
#include <cstdint>
#include <type_traits>

#include "traces/ptx/lanes.hpp"

namespace sptc::ptx {

/// The bits of floating-point values, by type: f32, f64, f16 (Half) and bf16 (Bfloat).

template <class T>
using FloatBits =
    std::conditional_t<sizeof(T) == 8, std::uint64_t,
                       std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint16_t>>;

template <class T>
struct FloatTraits;
template <>
struct FloatTraits<float> {
    static constexpr int kFractionBits = 23;
    static constexpr std::uint32_t kNan = 0x7fffffff;  // PTX ISA: the NaN of f32 instructions
};
/// PTX ISA: f64 instructions keep the payload of a NaN source. What an invalid operation makes is
/// the pattern of CUDART_NAN in CUDA's math_constants.h.
template <>
struct FloatTraits<double> {
    static constexpr int kFractionBits = 52;
    static constexpr std::uint64_t kNan = 0xfff8000000000000;
};
template <>
struct FloatTraits<Half> {
    static constexpr int kFractionBits = 10;
    static constexpr std::uint16_t kNan = 0x7fff;
};
template <>
struct FloatTraits<Bfloat> {
    static constexpr int kFractionBits = 7;
    static constexpr std::uint16_t kNan = 0x7fff;
};

template <class T>
constexpr FloatBits<T> sign_bit() {
    return static_cast<FloatBits<T>>(FloatBits<T>{1} << (8 * sizeof(T) - 1));
}
/// The pattern of infinity: all ones in the exponent.
template <class T>
constexpr FloatBits<T> infinity_bits() {
    constexpr auto magnitude = static_cast<FloatBits<T>>(sign_bit<T>() - 1);
    constexpr auto fraction =
        static_cast<FloatBits<T>>((FloatBits<T>{1} << FloatTraits<T>::kFractionBits) - 1);
    return static_cast<FloatBits<T>>(magnitude & ~fraction);
}

template <class T>
FloatBits<T> bits_of(T value) {
    return std::bit_cast<FloatBits<T>>(value);
}
template <class T>
T from_bits(FloatBits<T> bits) {
    return std::bit_cast<T>(bits);
}
template <class T>
T canonical_nan() {
    return from_bits<T>(FloatTraits<T>::kNan);
}
template <class T>
FloatBits<T> magnitude_of(T value) {
    return static_cast<FloatBits<T>>(bits_of(value) & (sign_bit<T>() - 1));
}
template <class T>
bool is_nan(T value) {
    return magnitude_of(value) > infinity_bits<T>();
}
template <class T>
bool is_negative(T value) {
    return (bits_of(value) & sign_bit<T>()) != 0;
}
template <class T>
T with_magnitude(T value, FloatBits<T> magnitude) {
    return from_bits<T>(static_cast<FloatBits<T>>((bits_of(value) & sign_bit<T>()) | magnitude));
}

/// Subnormals become zeros of their sign (.ftz).
template <class T>
T flush(T value) {
    constexpr auto smallest =
        static_cast<FloatBits<T>>(FloatBits<T>{1} << FloatTraits<T>::kFractionBits);
    return magnitude_of(value) < smallest ? with_magnitude(value, FloatBits<T>{0}) : value;
}

/// The same value in a wider type; exact. A NaN stays a NaN.
inline float widen_to_f32(Bfloat value) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}
inline float widen_to_f32(Half value) {
    const auto magnitude = static_cast<std::uint32_t>(value.bits & 0x7fffu);
    const auto sign = static_cast<std::uint32_t>(value.bits & 0x8000u) << 16;
    // Moved to f32 the exponent is too small by the difference of the biases, 127 - 15; the product
    // corrects it, for subnormals too.
    const float scaled = std::bit_cast<float>(magnitude << 13) * 0x1p112f;
    const std::uint32_t special = 0x7f800000u | (magnitude << 13);
    return std::bit_cast<float>(
        (magnitude >= 0x7c00u ? special : std::bit_cast<std::uint32_t>(scaled)) | sign);
}
inline float widen_to_f32(float value) { return value; }
inline double widen(double value) { return value; }
template <class T>
double widen(T value) {
    return static_cast<double>(widen_to_f32(value));
}

}  // namespace sptc::ptx
