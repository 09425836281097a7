// The reference's IEEE operations against the processor's.
#include "models/reference/ieee.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cfenv>
#include <cmath>

#include "models/base/random.hpp"

using namespace sptc;
using types::DataType;

namespace {

/// Random bits; the exponents of most stay near a common one, so that sums round and cancel.
double random_f64(base::Random& random, int centre) {
    const std::uint64_t bits = random.bits();
    if (random.below(16) == 0) return std::bit_cast<double>(bits);
    const auto exponent = static_cast<std::uint64_t>(centre + static_cast<int>(random.below(120)));
    return std::bit_cast<double>((bits & 0x800fffffffffffff) | exponent << 52);
}

std::uint64_t canonical_bits(double value) {
    return std::isnan(value) ? 0x7ff8000000000000 : std::bit_cast<std::uint64_t>(value);
}

}  // namespace

TEST_CASE("reference: an f64 fused multiply-add is the one of IEEE 754") {
    base::Random random(11);
    const auto format = reference::float_format(DataType::kF64);
    for (int i = 0; i < 20000; ++i) {
        // Around 1, at the bottom of the exponent range and at its top.
        const int centre = i % 3 == 0 ? 960 : i % 3 == 1 ? 450 : 1470;
        const double a = random_f64(random, centre);
        const double b = random_f64(random, centre);
        const double c = i % 7 == 0 ? -a * b : random_f64(random, centre < 500 ? 0 : centre);
        const auto bits = reference::fused_multiply_add(
            format, reference::decode(format, std::bit_cast<std::uint64_t>(a)),
            reference::decode(format, std::bit_cast<std::uint64_t>(b)),
            reference::decode(format, std::bit_cast<std::uint64_t>(c)));
        REQUIRE(bits == canonical_bits(std::fma(a, b, c)));
    }
}

TEST_CASE("reference: the directed roundings of a fused multiply-add are those of the processor") {
    struct Mode {
        isa::Rounding rounding;
        int host;
    };
    base::Random random(14);
    const auto format = reference::float_format(DataType::kF64);
    const auto decode = [&format](double value) {
        return reference::decode(format, std::bit_cast<std::uint64_t>(value));
    };
    for (const Mode mode :
         {Mode{isa::Rounding::kTowardZero, FE_TOWARDZERO}, Mode{isa::Rounding::kDown, FE_DOWNWARD},
          Mode{isa::Rounding::kUp, FE_UPWARD}}) {
        for (int i = 0; i < 20000; ++i) {
            const int centre = i % 3 == 0 ? 960 : i % 3 == 1 ? 450 : 1470;
            const double a = random_f64(random, centre);
            const double b = i % 5 == 0 ? 1.0 : random_f64(random, centre);
            const double c = i % 10 == 0  ? -a
                             : i % 7 == 0 ? -a * b
                                          : random_f64(random, centre < 500 ? 0 : centre);
            std::fesetround(mode.host);
            const volatile double x = a, y = b, z = c;
            const double expected = std::fma(x, y, z);
            std::fesetround(FE_TONEAREST);
            const auto bits = reference::fused_multiply_add(format, decode(a), decode(b), decode(c),
                                                            mode.rounding);
            REQUIRE(bits == canonical_bits(expected));
        }
    }
}

TEST_CASE("reference: an f32 addition is the one of IEEE 754") {
    base::Random random(12);
    const auto format = reference::float_format(DataType::kF32);
    for (int i = 0; i < 20000; ++i) {
        const auto x = static_cast<std::uint32_t>(random.bits());
        auto y = static_cast<std::uint32_t>(random.bits());
        if (i % 2 == 0) y = (y & 0x807fffff) | ((x & 0x7f800000) ^ (random.below(32) << 23));
        const float sum = std::bit_cast<float>(x) + std::bit_cast<float>(y);
        const std::uint32_t expected =
            std::isnan(sum) ? 0x7fffffff : std::bit_cast<std::uint32_t>(sum);
        REQUIRE(reference::add(format, x, y) == expected);
    }
}

TEST_CASE("reference: an f16 addition is the float64 sum rounded once") {
    base::Random random(13);
    const auto format = reference::float_format(DataType::kF16);
    for (int i = 0; i < 20000; ++i) {
        const std::uint32_t x = random.below(0x10000);
        const std::uint32_t y = random.below(0x10000);
        // Exact in float64; f64_to_f16 gives the canonical NaN.
        const double sum = types::f16_to_f64(static_cast<std::uint16_t>(x)) +
                           types::f16_to_f64(static_cast<std::uint16_t>(y));
        REQUIRE(reference::add(format, x, y) == types::f64_to_f16(sum));
    }
}

TEST_CASE("reference: widening keeps every value of an fp8 and an f16") {
    for (const auto& [from, to] : {std::pair{DataType::kE4m3, DataType::kF16},
                                   {DataType::kE5m2, DataType::kF16},
                                   {DataType::kF16, DataType::kF32}}) {
        const auto narrow = reference::float_format(from);
        const auto wide = reference::float_format(to);
        for (std::uint64_t bits = 0; bits < std::uint64_t{1} << narrow.bits(); ++bits) {
            const double value = reference::to_f64(from, reference::decode(narrow, bits));
            const std::uint64_t widened = reference::widen(narrow, wide, bits);
            const double same = reference::to_f64(to, reference::decode(wide, widened));
            if (std::isnan(value)) {
                REQUIRE(widened == wide.canonical_nan());
            } else {
                REQUIRE(same == value);
                REQUIRE(std::signbit(same) == std::signbit(value));
            }
        }
    }
}
