#include "models/reference/epilogue.hpp"

#include <bit>
#include <limits>
#include <type_traits>

#include "models/base/error.hpp"
#include "models/isa/gelu.hpp"
#include "models/reference/number.hpp"
#include "models/reference/packed.hpp"

namespace sptc::reference {
namespace {

using types::DataType;

double value_of(DataType type, std::uint64_t bits) { return to_f64(type, decode(type, bits)); }

// IEEE arithmetic of the host (contraction is off), which rounds to nearest even.
template <class T>
T gelu(T x) {
    const auto clamp = static_cast<T>(isa::kGeluClamp);
    // NaN takes the bound, as max of PTX does.
    const T lower = x > -clamp ? x : -clamp;
    const T t = lower < clamp ? lower : clamp;
    const T s = t * t;
    T p = static_cast<T>(isa::kGeluCoefficients.back());
    for (std::size_t i = isa::kGeluCoefficients.size() - 1; i-- > 0;) {
        const T product = p * s;
        p = product + static_cast<T>(isa::kGeluCoefficients[i]);
    }
    const T product = t * p;
    T phi = product + static_cast<T>(0.5);
    phi = phi > 0 ? phi : 0;
    phi = phi < 1 ? phi : 1;
    return x * phi;
}

template <class T>
T real(const Epilogue& epilogue, DataType accumulator, T x, T c, std::size_t column) {
    if (epilogue.scaled) {
        const T product = x * static_cast<T>(epilogue.alpha);
        const T addend = c * static_cast<T>(epilogue.beta);
        x = epilogue.beta == 0 ? product : product + addend;
    }
    if (!epilogue.bias.empty()) {
        x = x +
            static_cast<T>(value_of(accumulator, load_bits(accumulator, epilogue.bias, column)));
    }
    switch (epilogue.activation) {
        case Activation::kNone:
            return x;
        case Activation::kRelu:
            return x > 0 ? x : T{0};
        case Activation::kGelu:
            return gelu(x);
    }
    return x;
}

std::uint64_t f32_bits(float x) { return x != x ? 0x7fffffffu : std::bit_cast<std::uint32_t>(x); }
std::uint64_t f64_bits(double x) {
    return std::bit_cast<std::uint64_t>(x != x ? std::numeric_limits<double>::quiet_NaN() : x);
}

std::uint32_t word(double value) {
    return static_cast<std::uint32_t>(static_cast<std::int64_t>(value));
}

// The nearest integer to a float, ties to even, clamped to s8.
std::uint64_t to_s8(float x) {
    constexpr float kLeast = -128;
    constexpr float kGreatest = 127;
    if (!(x > kLeast)) return 0x80;
    if (!(x < kGreatest)) return 0x7f;
    const int below = static_cast<int>(x) - (static_cast<float>(static_cast<int>(x)) > x ? 1 : 0);
    const float rest = x - static_cast<float>(below);
    const bool up = rest > 0.5f || (rest == 0.5f && below % 2 != 0);
    return static_cast<std::uint8_t>(below + (up ? 1 : 0));
}

std::uint64_t integer(const Epilogue& epilogue, std::uint32_t x, std::uint32_t c,
                      std::size_t column) {
    if (epilogue.scaled) x = x * word(epilogue.alpha) + c * word(epilogue.beta);
    if (!epilogue.bias.empty()) {
        x += static_cast<std::uint32_t>(load_bits(DataType::kS32, epilogue.bias, column));
    }
    if (epilogue.activation == Activation::kRelu && std::bit_cast<std::int32_t>(x) < 0) x = 0;
    if (!epilogue.requantized) return x;
    const auto value = static_cast<float>(std::bit_cast<std::int32_t>(x));
    return to_s8(value * static_cast<float>(epilogue.scale));
}

}  // namespace

DataType output_type(DataType accumulator, const Epilogue& epilogue) {
    return epilogue.requantized ? DataType::kS8 : accumulator;
}

std::uint64_t finish(DataType accumulator, const Epilogue& epilogue, std::uint64_t bits,
                     std::uint64_t c, std::size_t column) {
    if (!epilogue.scaled && epilogue.bias.empty() && !epilogue.requantized &&
        epilogue.activation == Activation::kNone) {
        return bits;
    }
    switch (accumulator) {
        case DataType::kS32:
            return integer(epilogue, static_cast<std::uint32_t>(bits),
                           static_cast<std::uint32_t>(c), column);
        case DataType::kF64:
            return f64_bits(real(epilogue, accumulator, std::bit_cast<double>(bits),
                                 std::bit_cast<double>(c), column));
        case DataType::kF32:
        case DataType::kF16: {
            const float x =
                real(epilogue, accumulator, static_cast<float>(value_of(accumulator, bits)),
                     static_cast<float>(value_of(accumulator, c)), column);
            return accumulator == DataType::kF32 ? f32_bits(x) : types::f64_to_f16(x);
        }
        default:
            SPTC_ASSERT(false);
            return 0;
    }
}

double finish_f64(DataType accumulator, const Epilogue& epilogue, double value, double c,
                  std::size_t column) {
    const double x = real(epilogue, accumulator, value, c, column);
    if (!epilogue.requantized) return x;
    const double scaled = x * epilogue.scale;
    return scaled > 127 ? 127 : scaled < -128 ? -128 : scaled;
}

}  // namespace sptc::reference
