#include "traces/ptx/approximate.hpp"

#include <array>
#include <limits>

#include "traces/ptx/soft_float.hpp"

namespace sptc::ptx {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// 2^exponent, a normal number.
double power_of_two(int exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + kF64.bias()) << 52);
}

/// c[0] + c[1] x + c[2] x^2 + ...
template <std::size_t kCount>
double polynomial(const std::array<double, kCount>& c, double x) {
    double sum = c[kCount - 1];
    for (std::size_t i = kCount - 1; i-- > 0;) sum = sum * x + c[i];
    return sum;
}

/// Taylor: ln(2)^k / k!. With |x| at most 1/2 the rest is below 2^-52.
constexpr std::array kExp2{0x1.0000000000000p+0,  0x1.62e42fefa39efp-1,  0x1.ebfbdff82c58fp-3,
                           0x1.c6b08d704a0c0p-5,  0x1.3b2ab6fba4e77p-7,  0x1.5d87fe78a6731p-10,
                           0x1.430912f86c787p-13, 0x1.ffcbfc588b0c7p-17, 0x1.62c0223a5c824p-20,
                           0x1.b5253d395e7c4p-24, 0x1.e4cf5158b8ecap-28, 0x1.e8cac7351bb25p-32,
                           0x1.c3bd650fc2986p-36, 0x1.816193166d0f9p-40};

/// 1 / (2k + 1): log2(m) = 2/ln(2) * (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1).
constexpr std::array kLog{1.0,        1.0 / 3.0,  1.0 / 5.0,  1.0 / 7.0,  1.0 / 9.0, 1.0 / 11.0,
                          1.0 / 13.0, 1.0 / 15.0, 1.0 / 17.0, 1.0 / 19.0, 1.0 / 21.0};
constexpr double kTwoOverLn2 = 0x1.71547652b82fep+1;
constexpr double kTwoLog2E = kTwoOverLn2;  ///< exp(2x) = 2^(x * 2/ln(2))

/// Taylor, in x^2: sin(x) / x and cos(x). With |x| at most pi/4 the rest is below 2^-54.
constexpr std::array kSine{1.0,
                           -1.0 / 6.0,
                           1.0 / 120.0,
                           -1.0 / 5040.0,
                           1.0 / 362880.0,
                           -1.0 / 39916800.0,
                           1.0 / 6227020800.0,
                           -1.0 / 1307674368000.0,
                           1.0 / 355687428096000.0};
constexpr std::array kCosine{1.0,
                             -1.0 / 2.0,
                             1.0 / 24.0,
                             -1.0 / 720.0,
                             1.0 / 40320.0,
                             -1.0 / 3628800.0,
                             1.0 / 479001600.0,
                             -1.0 / 87178291200.0,
                             1.0 / 20922789888000.0};
/// Taylor, in x^2: tanh(x) / x.
constexpr std::array kTanh{1.0, -1.0 / 3.0, 2.0 / 15.0, -17.0 / 315.0, 62.0 / 2835.0};

/// The fraction bits of 2/pi, the first one on top.
constexpr std::array<std::uint64_t, 4> kTwoOverPi{0xa2f9836e4e441529, 0xfc2757d1f534ddc0,
                                                  0xdb6295993c439041, 0xfe5163abdebbc561};
constexpr double kHalfPi = 0x1.921fb54442d18p+0;

/// 128 bits of 2/pi from bit `first` on; bit 1 has the weight 1/2, bits before it are zeros.
Wide128 window_of_two_over_pi(int first) {
    const auto top = (Wide128{kTwoOverPi[0]} << 64) | kTwoOverPi[1];
    if (first < 1) return top >> (1 - first);
    Wide128 window = 0;
    for (int bit = 0; bit < 128; ++bit) {
        const int at = first - 1 + bit;
        const std::uint64_t word = kTwoOverPi[static_cast<std::size_t>(at / 64)];
        window = (window << 1) | ((word >> (63 - at % 64)) & 1u);
    }
    return window;
}

/// x = quadrant * pi/2 + rest, |rest| at most pi/4.
struct Reduced {
    unsigned quadrant;
    double rest;
};

Reduced reduce(float x) {
    const double magnitude = widen(x) < 0 ? -widen(x) : widen(x);
    if (magnitude <= 0.785) return {0, widen(x)};
    const Unpacked value = unpack_float(kF32, bits_of(x));
    // x * 2/pi modulo 4: bits of 2/pi before value.exponent - 1 give multiples of 4. Two integer
    // bits stand on top of 126 of the fraction.
    const Wide128 turns = window_of_two_over_pi(value.exponent - 1) * value.significand;
    auto quadrant = static_cast<unsigned>(turns >> 126);
    Wide128 fraction = turns << 2;
    const bool above_half = (fraction >> 127) != 0;
    if (above_half) {
        quadrant += 1;
        fraction = -fraction;
    }
    const double size = static_cast<double>(static_cast<std::uint64_t>(fraction >> 64)) * 0x1p-64 +
                        static_cast<double>(static_cast<std::uint64_t>(fraction)) * 0x1p-128;
    const double rest = (above_half ? -size : size) * kHalfPi;
    return value.negative ? Reduced{0u - quadrant, -rest} : Reduced{quadrant, rest};
}

/// sin(x + quarter turns)
double sine_from(float x, unsigned quarter_turns) {
    if (!(magnitude_of(x) < infinity_bits<float>())) return kNan;
    const Reduced reduced = reduce(x);
    const unsigned quadrant = (reduced.quadrant + quarter_turns) & 3;
    const double square = reduced.rest * reduced.rest;
    const double value = (quadrant & 1) != 0 ? polynomial(kCosine, square)
                                             : reduced.rest * polynomial(kSine, square);
    return (quadrant & 2) != 0 ? -value : value;
}

}  // namespace

double exp2_of(double x) {
    if (x != x) return x;
    if (x >= 512) return kInfinity;  // beyond every narrower type
    if (x <= -512) return 0.0;
    // Adding and taking away 1.5 * 2^52 leaves the nearest integer.
    const double whole = (x + 0x1.8p52) - 0x1.8p52;
    return polynomial(kExp2, x - whole) * power_of_two(static_cast<int>(whole));
}

double log2_of(double x) {
    if (x != x || x < 0) return kNan;
    if (x == 0) return -kInfinity;
    if (x == kInfinity) return x;
    const std::uint64_t raw = bits_of(x);
    int exponent = static_cast<int>(raw >> 52) - kF64.bias();
    double m = std::bit_cast<double>((raw & ((std::uint64_t{1} << 52) - 1)) | bits_of(1.0));
    if (m > 0x1.6a09e667f3bcdp0) {  // sqrt(2): so that 1 and its neighbours have exponent 0
        m *= 0.5;
        exponent += 1;
    }
    const double s = (m - 1.0) / (m + 1.0);
    return static_cast<double>(exponent) + kTwoOverLn2 * s * polynomial(kLog, s * s);
}

double tanh_of(double x) {
    if (x != x) return x;
    const double magnitude = x < 0 ? -x : x;
    if (magnitude < 0x1p-5) return x * polynomial(kTanh, x * x);
    const double e = exp2_of(-magnitude * kTwoLog2E);
    const double value = (1.0 - e) / (1.0 + e);
    return x < 0 ? -value : value;
}

double reciprocal_root_of(double x) {
    if (x != x || x < 0) return kNan;
    if (x == 0) return is_negative(x) ? -kInfinity : kInfinity;
    if (x == kInfinity) return 0.0;
    // An estimate from half the exponent (error below 2^-4), then Newton's steps.
    double y = std::bit_cast<double>(0x5fe6eb50c7b537a9u - (bits_of(x) >> 1));
    for (int step = 0; step < 4; ++step) y = y * (1.5 - 0.5 * x * y * y);
    return y;
}

double sine_of(float x) { return sine_from(x, 0); }
double cosine_of(float x) { return sine_from(x, 1); }

}  // namespace sptc::ptx
