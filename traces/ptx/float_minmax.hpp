#pragma once
#include "traces/ptx/float_arithmetic.hpp"

namespace sptc::ptx {

/// neg, abs, min and max of every floating-point type, in the form that Qualified takes (their
/// rounding is of no meaning), and copysign. PTX leaves the NaN of neg and abs open: canonical,
/// except in f64, which keeps payloads.

struct Negate {
    template <Round, class T>
    static T apply(T a) {
        return from_bits<T>(static_cast<FloatBits<T>>(bits_of(a) ^ sign_bit<T>()));
    }
};
struct Absolute {
    template <Round, class T>
    static T apply(T a) {
        return from_bits<T>(magnitude_of(a));
    }
};
/// b with the sign of a, whatever b is.
struct CopySign {
    template <class T>
    T operator()(T a, T b) const {
        return with_magnitude(a, magnitude_of(b));
    }
};

/// A number that orders all values but NaN as min and max do: -0 below +0.
template <class T>
auto order_key(T value) {
    using Signed = std::make_signed_t<FloatBits<T>>;
    const auto bits = static_cast<Signed>(bits_of(value));
    constexpr auto kMagnitude = static_cast<Signed>(sign_bit<T>() - 1);
    return static_cast<Signed>(bits < 0 ? bits ^ kMagnitude : bits);
}

enum class Extreme : std::uint8_t { kMinimum, kMaximum };
enum class NanRule : std::uint8_t {
    kNumber,  ///< a NaN loses against a number
    kNan      ///< .NaN: a NaN wins
};
enum class SignRule : std::uint8_t {
    kOrdinary,
    kXorOfSigns  ///< .xorsign.abs: magnitudes are compared, the sign is the xor of both signs
};

template <Extreme kExtreme, NanRule kNanRule = NanRule::kNumber,
          SignRule kSignRule = SignRule::kOrdinary>
struct Select {
    template <Round, class T>
    static T apply(T a, T b) {
        if (is_nan(a) || is_nan(b)) {
            if (kNanRule == NanRule::kNan || (is_nan(a) && is_nan(b))) return nan_of(a, b);
        }
        FloatBits<T> sign = 0;
        if constexpr (kSignRule == SignRule::kXorOfSigns) {
            sign = static_cast<FloatBits<T>>((bits_of(a) ^ bits_of(b)) & sign_bit<T>());
            a = from_bits<T>(magnitude_of(a));
            b = from_bits<T>(magnitude_of(b));
        }
        const bool first = is_nan(b) || (!is_nan(a) && (kExtreme == Extreme::kMinimum
                                                            ? order_key(a) <= order_key(b)
                                                            : order_key(a) >= order_key(b)));
        return from_bits<T>(static_cast<FloatBits<T>>(bits_of(first ? a : b) | sign));
    }

  private:
    template <class T>
    static T nan_of(T a, T b) {
        if constexpr (std::is_same_v<T, double>) {
            return keep_payload(canonical_nan<double>(), a, b);
        }
        return canonical_nan<T>();
    }
};

}  // namespace sptc::ptx
