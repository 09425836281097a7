#include "models/numeric/fdpa.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "models/isa/architecture.hpp"
#include "models/numeric/operand.hpp"
#include "models/numeric/rounding.hpp"

using namespace sptc;
using types::DataType;

namespace {

// Ampere: F = 24, e_zero -132 (f32) and -20 (f16); MMA-Sim, arXiv 2511.10909, and Leeds, arXiv
// 2512.07004.
constexpr numeric::FdpaRule kF32{24, -132, DataType::kF16, DataType::kF16, DataType::kF32};
constexpr numeric::FdpaRule kF16{24, -20, DataType::kF16, DataType::kF16, DataType::kF16};
constexpr numeric::FdpaRule kBf16{24, -132, DataType::kBf16, DataType::kBf16, DataType::kF32};
// fp8 on Ada: F = 13, and as many fraction bits of the result.
constexpr numeric::FdpaRule kE4m3{
    13, isa::kInertExponent, DataType::kE4m3, DataType::kE4m3, DataType::kF32, 13};

constexpr std::uint32_t kOne = 0x3c00, kInf = 0x7c00, kMinusInf = 0xfc00, kNan = 0x7e01;

std::uint32_t f16(double value) { return types::f64_to_f16(value); }
/// 2^e as bf16, normal or subnormal.
std::uint32_t bf16_power(int e) {
    return e >= -126 ? static_cast<std::uint32_t>(e + 127) << 7 : 1u << (e + 133);
}

std::uint32_t sum(const numeric::FdpaRule& rule, std::vector<std::uint32_t> a,
                  std::vector<std::uint32_t> b, std::uint32_t c) {
    a.resize(8);
    b.resize(8);
    return numeric::fused_dot_product_add(rule, a, b, c);
}

}  // namespace

TEST_CASE("fdpa: bf16 products follow the published Ampere values at both ends of the range") {
    const auto one = bf16_power(0);
    const auto minus_one = one | 0x8000u;
    CHECK(sum(kBf16, {bf16_power(-100), bf16_power(-100)},
              {bf16_power(-49), bf16_power(-56) | 0x8000}, 0) == 0x00000000);
    CHECK(sum(kBf16, {bf16_power(-100), bf16_power(-100)},
              {bf16_power(-49), bf16_power(-57) | 0x8000}, 0) == 0x00000001);
    CHECK(sum(kBf16, {bf16_power(127), bf16_power(127)}, {one, one}, 0) == 0x7f800000);
    CHECK(sum(kBf16, {bf16_power(127), bf16_power(127), bf16_power(103)}, {one, one, minus_one},
              0) == 0x7f7fffff);
}

TEST_CASE("fdpa: a product is aligned by its unnormalised exponent") {
    // 1.5 * 1.5 = 2.25 has exponent 0, so units of 2^-24 survive; a normalised product would have
    // exponent 1.
    CHECK(sum(kF32, {f16(1.5), f16(-1.5), f16(0x1p-12)}, {f16(1.5), f16(1.5), f16(0x1p-12)}, 0) ==
          0x33800000);
    CHECK(sum(kF32, {f16(1.5), f16(-1.5), f16(0x1p-12)}, {f16(1.5), f16(1.5), f16(0x1p-13)}, 0) ==
          0);
}

TEST_CASE("fdpa: a subnormal operand has the exponent of the smallest normal one") {
    // 2^-24 counts as 2^-10 * 2^-14: aligned at -14, so 2^-38 survives and 2^-39 does not.
    CHECK(sum(kF32, {1, 0x8001, f16(0x1p-14)}, {kOne, kOne, f16(0x1p-24)}, 0) == 0x2c800000);
    CHECK(sum(kF32, {1, 0x8001, f16(0x1p-15)}, {kOne, kOne, f16(0x1p-24)}, 0) == 0);
}

TEST_CASE("fdpa: terms are cut off toward zero, negative ones too") {
    // Against 1 - 1 a term of 1.5 * 2^-24 counts as one unit of 2^-24 whatever its sign.
    CHECK(sum(kF32, {kOne, f16(-1), f16(0x1.8p-12)}, {kOne, kOne, f16(0x1p-12)}, 0) == 0x33800000);
    CHECK(sum(kF32, {kOne, f16(-1), f16(-0x1.8p-12)}, {kOne, kOne, f16(0x1p-12)}, 0) == 0xb3800000);
    CHECK(sum(kF32, {kOne, f16(-1), f16(-0x1.8p-13)}, {kOne, kOne, f16(0x1p-12)}, 0) == 0);
}

TEST_CASE("fdpa: specials give the canonical NaN or the infinity") {
    CHECK(sum(kF32, {kNan}, {kOne}, 0) == 0x7fffffff);
    CHECK(sum(kF32, {}, {}, 0xffc00001) == 0x7fffffff);
    CHECK(sum(kF32, {kInf}, {0}, 0) == 0x7fffffff);
    CHECK(sum(kF32, {0x8000}, {kInf}, 0) == 0x7fffffff);
    CHECK(sum(kF32, {kInf, kMinusInf}, {kOne, kOne}, 0) == 0x7fffffff);
    CHECK(sum(kF32, {kInf}, {kOne}, 0xff800000) == 0x7fffffff);
    CHECK(sum(kF32, {kInf}, {f16(-2)}, 0x7f7fffff) == 0xff800000);
    CHECK(sum(kF32, {}, {}, 0x7f800000) == 0x7f800000);
    CHECK(sum(kF16, {kNan}, {kOne}, 0) == 0x7fff);
    CHECK(sum(kF16, {kMinusInf}, {kOne}, 0) == 0xfc00);
}

TEST_CASE("fdpa: a sum of exactly zero is +0, also of negative zeros") {
    CHECK(sum(kF32, {0x8000}, {kOne}, 0x80000000) == 0);
    CHECK(sum(kF32, {kOne}, {f16(-1)}, 0x3f800000) == 0);
    CHECK(sum(kF16, {}, {}, 0x8000) == 0);
}

TEST_CASE("fdpa: f16 results round to nearest even once and underflow gradually") {
    CHECK(sum(kF16, {f16(0x1p-11), f16(0x1p-20)}, {f16(0x1p-14), f16(0x1p-24)}, 0) == 0x0001);
    CHECK(sum(kF16, {f16(0x1p-11), f16(0x1p-21)}, {f16(0x1p-14), f16(0x1p-24)}, 0) == 0x0000);
    CHECK(sum(kF16, {f16(-0x1p-11)}, {f16(0x1p-14)}, 0) ==
          (isa::kNegativeUnderflowKeepsSign ? 0x8000u : 0u));
    CHECK(sum(kF16, {f16(65504), f16(15.9921875)}, {kOne, kOne}, 0) == 0x7bff);
    CHECK(sum(kF16, {f16(65504), f16(16)}, {kOne, kOne}, 0) == 0x7c00);
    CHECK(sum(kF16, {kOne, f16(0x1p-11)}, {kOne, kOne}, 0) == 0x3c00);
    CHECK(sum(kF16, {kOne, f16(0x3p-11)}, {kOne, kOne}, 0) == 0x3c02);
}

TEST_CASE("fdpa: f32 results are cut off and pass subnormals of c through") {
    CHECK(sum(kF32, {}, {}, 0x00000001) == 0x00000001);
    CHECK(sum(kF32, {}, {}, 0x807fffff) == 0x807fffff);
    CHECK(sum(kF32, {kOne}, {f16(0x1p-14)}, 0x3f7fffff) ==
          0x3f8001ff);  // 1 + 2^-14 - 2^-24, cut off
    CHECK(sum(kF32, {}, {}, 0x7f7fffff) == 0x7f7fffff);
    // 65504^2 is far below the last place of the largest f32.
    CHECK(sum(kF32, {f16(65504)}, {f16(65504)}, 0x7f7fffff) == 0x7f7fffff);
}

TEST_CASE("fdpa: with 13 fraction bits terms, c and results are cut off there") {
    constexpr std::uint32_t kOneE4m3 = 0x38, kTwoToMinus6 = 0x08, kTwoToMinus7 = 0x04;
    constexpr std::uint32_t kTwoToMinus8 = 0x02;
    CHECK(sum(kE4m3, {kOneE4m3, kTwoToMinus6}, {kOneE4m3, kTwoToMinus7}, 0) == 0x3f800400);
    CHECK(sum(kE4m3, {kOneE4m3, kTwoToMinus6}, {kOneE4m3, kTwoToMinus8}, 0) == 0x3f800000);
    CHECK(sum(kE4m3, {}, {}, 0xbf8007ff) == 0xbf800400);
    CHECK(sum(kE4m3, {}, {}, 0x000007ff) == 0x00000400);
    CHECK(sum(kE4m3, {}, {}, 0x800003ff) == 0);  // every term is zero in units of 2^-139
    CHECK(sum(kE4m3, {0x7e}, {kOneE4m3}, 0) == 0x43e00000);  // 448
    CHECK(sum(kE4m3, {0xff}, {kOneE4m3}, 0) == 0x7fffffff);
}

TEST_CASE("rounding: f32 truncation and f16 rounding at their edges") {
    using numeric::FixedPoint;
    CHECK(numeric::truncate_to_f32({false, 0x1ffffff, 103}, 23) == 0x7f7fffff);  // just under 2^128
    CHECK(numeric::truncate_to_f32({false, 0xffffff, 104}, 23) == 0x7f7fffff);
    CHECK(numeric::truncate_to_f32({true, 1, 128}, 23) == 0xff800000);
    CHECK(numeric::truncate_to_f32({false, 3, -150}, 23) == 0x00000001);
    CHECK(numeric::truncate_to_f32({true, 1, -150}, 23) ==
          (isa::kNegativeUnderflowKeepsSign ? 0x80000000u : 0u));
    CHECK(numeric::truncate_to_f32({false, 1, -400}, 23) == 0);
    CHECK(numeric::truncate_to_f32({true, 0x1ffffff, 103}, 13) == 0xff7ffc00);
    CHECK(numeric::truncate_to_f32({false, 0x7ff, -149}, 13) == 0x00000400);
    CHECK(numeric::round_to_f16({false, 3, -25}) == 0x0002);
    CHECK(numeric::round_to_f16({false, 1, -25}) == 0x0000);
    CHECK(numeric::round_to_f16({false, 1, -400}) == 0x0000);
    CHECK(numeric::round_to_f16({true, 65520, 0}) == 0xfc00);
    CHECK(numeric::round_to_f16({false, 65519, 0}) == 0x7bff);
}

TEST_CASE("operand: tf32 ignores its low 13 bits, before it looks for NaN") {
    CHECK(numeric::decode(DataType::kTf32, 0x3f801fff).significand == 0x400);
    CHECK(numeric::decode(DataType::kTf32, 0x7f801fff).kind == numeric::OperandClass::kInfinite);
    CHECK(numeric::decode(DataType::kTf32, 0x7f802000).kind == numeric::OperandClass::kNan);
}

TEST_CASE("operand: e4m3 has one NaN and no infinity") {
    CHECK(numeric::decode(DataType::kE4m3, 0x7f).kind == numeric::OperandClass::kNan);
    CHECK(numeric::decode(DataType::kE4m3, 0xff).kind == numeric::OperandClass::kNan);
    const numeric::Operand largest = numeric::decode(DataType::kE4m3, 0xfe);
    CHECK(largest.kind == numeric::OperandClass::kFinite);
    CHECK(largest.negative);
    CHECK(largest.exponent == 8);
    CHECK(largest.significand == 14);
    const numeric::Operand smallest = numeric::decode(DataType::kE4m3, 0x01);
    CHECK(smallest.exponent == -6);
    CHECK(smallest.significand == 1);
    CHECK(numeric::decode(DataType::kE5m2, 0x7c).kind == numeric::OperandClass::kInfinite);
    CHECK(numeric::decode(DataType::kE5m2, 0x7d).kind == numeric::OperandClass::kNan);
}

TEST_CASE("operand: fp8 widens to the f16 of the same value") {
    for (const DataType type : {DataType::kE4m3, DataType::kE5m2}) {
        for (std::uint32_t bits = 0; bits < 256; ++bits) {
            const numeric::Operand fp8 = numeric::decode(type, bits);
            const numeric::Operand f16 =
                numeric::decode(DataType::kF16, numeric::widened_to_f16(type, bits));
            CAPTURE(types::name(type), bits);
            CHECK(f16.kind == fp8.kind);
            CHECK(f16.negative == fp8.negative);
            if (fp8.kind != numeric::OperandClass::kFinite) continue;
            // Both significands in units of 2^-24: the smallest f16.
            const int fraction_bits = types::row(type).fraction_bits;
            CHECK(std::uint64_t{f16.significand} << (f16.exponent + 14) ==
                  std::uint64_t{fp8.significand} << (fp8.exponent - fraction_bits + 24));
        }
    }
}

TEST_CASE("rounding: the last addition of emulated fp8 is that of IEEE") {
    CHECK(numeric::add_f32(0x80000000, 0x80000000) == 0x80000000);
    CHECK(numeric::add_f32(0x3f800000, 0xbf800000) == 0);
    CHECK(numeric::add_f32(0x3f800000, 0x33800000) == 0x3f800000);  // 1 + 2^-24: a tie
    CHECK(numeric::add_f32(0x3f800001, 0x33800000) == 0x3f800002);
    CHECK(numeric::add_f32(0x7f800000, 0xff800000) == 0x7fffffff);
    CHECK(numeric::add_f32(0xffc00001, 0) == 0x7fffffff);
    CHECK(numeric::add_f16(0x8000, 0x8000) == 0x8000);
    CHECK(numeric::add_f16(kOne, f16(-1)) == 0);
    CHECK(numeric::add_f16(kOne, f16(0x1p-11)) == kOne);
    CHECK(numeric::add_f16(kOne + 1, f16(0x1p-11)) == kOne + 2);
    CHECK(numeric::add_f16(f16(65504), f16(16)) == kInf);
    CHECK(numeric::add_f16(kInf, kMinusInf) == 0x7fff);
}
