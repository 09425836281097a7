#pragma once
#include "traces/ptx/soft_float.hpp"

namespace sptc::ptx {

/// add, sub, mul, fma, div and sqrt of one type, rounded once: f16, bf16 and f32 through f64, which
/// holds their products and, rounded to odd, their sums; f64 in integers but for what the host
/// rounds the same way. NaN results are not canonical yet.

template <class T>
struct FormatOf;
template <>
struct FormatOf<float> {
    static constexpr FloatFormat kFormat = kF32;
};
template <>
struct FormatOf<double> {
    static constexpr FloatFormat kFormat = kF64;
};
template <>
struct FormatOf<Half> {
    static constexpr FloatFormat kFormat = kF16;
};
template <>
struct FormatOf<Bfloat> {
    static constexpr FloatFormat kFormat = kBf16;
};

template <Round kRound, class T>
T narrow_to(double value) {
    if constexpr (std::is_same_v<T, float> && kRound == Round::kNearestEven) {
        return static_cast<float>(value);
    } else {
        return from_bits<T>(static_cast<FloatBits<T>>(narrow<FormatOf<T>::kFormat, kRound>(value)));
    }
}

/// a + b of exact terms in f64, rounded to odd. A sum of zero is -0 when rounding down, unless both
/// terms are +0 (IEEE 754).
template <Round kRound>
double add_terms(double a, double b) {
    const double sum = add_round_to_odd(a, b);
    if constexpr (kRound == Round::kDown) {
        if (sum == 0.0 &&
            (std::bit_cast<std::uint64_t>(a) | std::bit_cast<std::uint64_t>(b)) != 0) {
            return -0.0;
        }
    }
    return sum;
}

/// The first NaN of some sources, quiet; otherwise the result: f64 keeps payloads.
template <class... T>
double keep_payload(double result, T... sources) {
    if (result == result) return result;
    constexpr std::uint64_t quiet = std::uint64_t{1} << 51;
    for (const double source : {sources...}) {
        if (source != source) return std::bit_cast<double>(bits_of(source) | quiet);
    }
    return canonical_nan<double>();
}

struct Add {
    template <Round kRound, class T>
    static T apply(T a, T b) {
        if constexpr (kRound == Round::kNearestEven && std::is_floating_point_v<T>) {
            if constexpr (std::is_same_v<T, double>) return keep_payload(a + b, a, b);
            return a + b;
        } else if constexpr (std::is_same_v<T, double>) {
            const auto one = bits_of(1.0);
            return keep_payload(
                from_bits<double>(soft_fma(kF64, bits_of(a), one, bits_of(b), kRound)), a, b);
        } else {
            return narrow_to<kRound, T>(add_terms<kRound>(widen(a), widen(b)));
        }
    }
};
struct Subtract {
    template <Round kRound, class T>
    static T apply(T a, T b) {
        if constexpr (std::is_same_v<T, double>) {
            return keep_payload(Add::apply<kRound>(a, -b), a, b);
        } else {
            return Add::apply<kRound>(
                a, from_bits<T>(static_cast<FloatBits<T>>(bits_of(b) ^ sign_bit<T>())));
        }
    }
};
struct Multiply {
    template <Round kRound, class T>
    static T apply(T a, T b) {
        if constexpr (kRound == Round::kNearestEven && std::is_floating_point_v<T>) {
            if constexpr (std::is_same_v<T, double>) return keep_payload(a * b, a, b);
            return a * b;
        } else if constexpr (std::is_same_v<T, double>) {
            const auto zero = (bits_of(a) ^ bits_of(b)) & sign_bit<double>();  // keeps the sign
            return keep_payload(
                from_bits<double>(soft_fma(kF64, bits_of(a), bits_of(b), zero, kRound)), a, b);
        } else {
            return narrow_to<kRound, T>(widen(a) * widen(b));
        }
    }
};
/// a * b + c in f64 with one rounding to nearest even (Boldo and Melquiond, "Emulation of FMA and
/// correctly rounded sums", 2008): the exact product as a sum of two numbers, and what is below the
/// leading one rounded to odd. Nothing may overflow, nor the low half of the product underflow.
inline double fma_in_range(double a, double b, double c) {
    constexpr double kSplit = 0x1p27 + 1;  // Veltkamp: halves of 26 bits
    const double a_high = kSplit * a - (kSplit * a - a);
    const double b_high = kSplit * b - (kSplit * b - b);
    const double a_low = a - a_high;
    const double b_low = b - b_high;
    const double high = a * b;
    const double low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
    const auto two_sum = [](double x, double y, double& error) {
        const double sum = x + y;
        const double y_part = sum - x;
        error = (x - (sum - y_part)) + (y - y_part);
        return sum;
    };
    double first_error = 0;
    double second_error = 0;
    const double first = two_sum(c, low, first_error);
    const double second = two_sum(high, first, second_error);
    return second + add_round_to_odd(first_error, second_error);
}
inline bool fma_is_in_range(double a, double b, double c) {
    constexpr auto exponent = [](double x) {
        return static_cast<int>(magnitude_of(x) >> FloatTraits<double>::kFractionBits);
    };
    constexpr int kBias = 1023;
    constexpr int kFactor = 400;
    return exponent(a) > kBias - kFactor && exponent(a) < kBias + kFactor &&
           exponent(b) > kBias - kFactor && exponent(b) < kBias + kFactor &&
           exponent(c) < kBias + 2 * kFactor;
}

struct MultiplyAdd {
    template <Round kRound, class T>
    static T apply(T a, T b, T c) {
        if constexpr (std::is_same_v<T, double>) {
            if (kRound == Round::kNearestEven && fma_is_in_range(a, b, c)) {
                return fma_in_range(a, b, c);
            }
            return keep_payload(
                from_bits<double>(soft_fma(kF64, bits_of(a), bits_of(b), bits_of(c), kRound)), a, b,
                c);
        } else {
            return narrow_to<kRound, T>(add_terms<kRound>(widen(a) * widen(b), widen(c)));
        }
    }
};
/// The f64 quotient of two f32 lies on an f32 number, or on the middle between two, only when the
/// exact one does: their distance is at least 2^-49 of it. So rounding it again is harmless.
struct Divide {
    template <Round kRound, class T>
    static T apply(T a, T b) {
        if constexpr (std::is_same_v<T, double>) {
            const double quotient =
                kRound == Round::kNearestEven
                    ? a / b
                    : from_bits<double>(soft_divide(kF64, bits_of(a), bits_of(b), kRound));
            return keep_payload(quotient, a, b);
        } else if constexpr (kRound == Round::kNearestEven) {
            return a / b;
        } else {
            return narrow_to<kRound, T>(widen(a) / widen(b));
        }
    }
};
struct Reciprocal {
    template <Round kRound, class T>
    static T apply(T a) {
        if constexpr (std::is_same_v<T, double>) {
            return keep_payload(Divide::apply<kRound>(1.0, a), a);
        } else {
            return Divide::apply<kRound>(T{1}, a);
        }
    }
};
struct SquareRoot {
    template <Round kRound, class T>
    static T apply(T a) {
        const T root = from_bits<T>(
            static_cast<FloatBits<T>>(soft_sqrt(FormatOf<T>::kFormat, bits_of(a), kRound)));
        if constexpr (std::is_same_v<T, double>) return keep_payload(root, a);
        return root;
    }
};

/// What happens to a result after rounding.
enum class Clamp : std::uint8_t {
    kNone,
    kSaturate,  ///< .sat: to [+0, 1]; NaN becomes +0
    kRelu       ///< .relu: negative numbers and -0 become +0; NaN becomes the canonical one
};

template <Clamp kClamp, class T>
T clamp_result(T value) {
    if constexpr (kClamp == Clamp::kSaturate) {
        constexpr auto kOne =
            static_cast<FloatBits<T>>(static_cast<FloatBits<T>>(FormatOf<T>::kFormat.bias())
                                      << FloatTraits<T>::kFractionBits);
        if (is_nan(value) || is_negative(value)) return from_bits<T>(0);
        return magnitude_of(value) > kOne ? from_bits<T>(kOne) : value;
    }
    if constexpr (kClamp == Clamp::kRelu) {
        if (is_negative(value) && !is_nan(value)) return from_bits<T>(0);
    }
    return value;
}

/// f64 operations have looked after their NaN themselves.
template <class T>
T canonical(T value) {
    if constexpr (std::is_same_v<T, double>) return value;
    return is_nan(value) ? canonical_nan<T>() : value;
}

enum class Subnormals : std::uint8_t { kKeep, kFlush };

/// An operation with the qualifiers of an instruction: .ftz flushes sources and the rounded result.
template <class Operation, Round kRound, Subnormals kSubnormals, Clamp kClamp>
struct Qualified {
    template <class First, class... Rest>
    First operator()(First first, Rest... rest) const {
        if constexpr (kSubnormals == Subnormals::kFlush) {
            const First value =
                Operation::template apply<kRound, First>(flush(first), flush(rest)...);
            return clamp_result<kClamp>(flush(canonical(value)));
        } else {
            return clamp_result<kClamp>(
                canonical(Operation::template apply<kRound, First>(first, rest...)));
        }
    }
};

/// A lane-wise function of Half or Bfloat on both halves of packed pairs.
template <class Function, class Element>
struct Both {
    template <class First, class... Rest>
    First operator()(First first, Rest... rest) const {
        return {Function{}(Element{first.low}, Element{rest.low}...).bits,
                Function{}(Element{first.high}, Element{rest.high}...).bits};
    }
};

}  // namespace sptc::ptx
