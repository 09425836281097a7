#include <bit>
#include <catch2/catch.hpp>
#include <limits>

#include "models/base/random.hpp"
#include "models/types/data_type.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using test::evaluate;
using Values = std::vector<std::uint64_t>;

namespace {

std::uint64_t f32(float value) { return std::bit_cast<std::uint32_t>(value); }
std::uint64_t f64(double value) { return std::bit_cast<std::uint64_t>(value); }
constexpr std::uint64_t kNan = 0x7fffffff;  // PTX ISA: the NaN of f32 instructions
const float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("ptx: f32 add, sub and mul round to nearest even and give one NaN") {
    CHECK(evaluate("add.rn.f32 %d32, %a32, %b32;", {{f32(1.0f), f32(0x1p-24f)},
                                                    {f32(1.0f), f32(0x1.8p-24f)},
                                                    {f32(kInfinity), f32(-kInfinity)}}) ==
          Values{f32(1.0f), f32(1.0f + 0x1p-23f), kNan});
    CHECK(evaluate("sub.f32 %d32, %a32, %b32;", {{f32(1.5f), f32(2.0f)}}) == Values{f32(-0.5f)});
    CHECK(evaluate("mul.rn.f32 %d32, %a32, %b32;",
                   {{f32(3.0f), f32(-0.5f)}, {f32(0x1p-100f), f32(0x1p-49f)}}) ==
          Values{f32(-1.5f), 1});
}

TEST_CASE("ptx: fma.rn.f32 rounds once") {
    // (1 + 2^-23)^2 - (1 + 2^-22) = 2^-46: lost when the product is rounded first.
    CHECK(evaluate("fma.rn.f32 %d32, %a32, %b32, %c32;",
                   {{f32(1.0f + 0x1p-23f), f32(1.0f + 0x1p-23f), f32(-(1.0f + 0x1p-22f))}}) ==
          Values{f32(0x1p-46f)});
    // 2^24 * 1 + (1 + tiny): a first rounding to f64 would leave an exact tie and go to even.
    CHECK(evaluate("fma.rn.f32 %d32, %a32, %b32, %c32;",
                   {{f32(1.0f + 0x1p-12f), f32(1.0f + 0x1p-12f), f32(0x1p-70f)},
                    {f32(1.0f + 0x1p-12f), f32(1.0f + 0x1p-12f), f32(-0x1p-70f)},
                    {f32(1.0f + 0x1p-12f), f32(1.0f + 0x1p-12f), f32(0.0f)}}) ==
          Values{f32(1.0f + 0x1p-11f + 0x1p-23f), f32(1.0f + 0x1p-11f), f32(1.0f + 0x1p-11f)});
}

TEST_CASE("ptx: fma.rn.f32 equals the exact result in long double wherever that is exact") {
    base::Random random(7);
    std::vector<test::Sources> sources;
    Values expected;
    for (int i = 0; i < 32; ++i) {
        const float a = static_cast<float>(random.normal());
        const float b = static_cast<float>(random.normal());
        const float c = static_cast<float>(random.normal());
        sources.push_back({f32(a), f32(b), f32(c)});
        // 24 + 24 bits of product and a sum of similar size fit the 64 bits of an x87 significand.
        const long double exact = static_cast<long double>(a) * b + c;
        expected.push_back(f32(static_cast<float>(exact)));
    }
    CHECK(evaluate("fma.rn.f32 %d32, %a32, %b32, %c32;", sources) == expected);
}

TEST_CASE("ptx: f32 min, max and comparisons treat NaN as PTX says") {
    CHECK(evaluate("min.f32 %d32, %a32, %b32;",
                   {{kNan, f32(2.0f)}, {f32(0.0f), f32(-0.0f)}, {kNan, kNan}}) ==
          Values{f32(2.0f), f32(-0.0f), kNan});
    CHECK(evaluate("max.f32 %d32, %a32, %b32;", {{f32(-1.0f), kNan}, {f32(-0.0f), f32(0.0f)}}) ==
          Values{f32(-1.0f), f32(0.0f)});
    const auto holds = [](const std::string& compare, std::uint64_t a, std::uint64_t b) {
        return evaluate("setp." + compare + ".f32 %p, %a32, %b32; selp.u32 %d32, 1, 0, %p;",
                        {{a, b}})
                   .front() == 1;
    };
    CHECK(holds("lt", f32(-1.0f), f32(1.0f)));
    CHECK_FALSE(holds("ne", kNan, f32(1.0f)));
    CHECK(holds("neu", kNan, f32(1.0f)));
    CHECK(holds("nan", kNan, f32(1.0f)));
    CHECK_FALSE(holds("ge", kNan, kNan));
    CHECK(holds("geu", kNan, kNan));
    CHECK(holds("eq", f32(0.0f), f32(-0.0f)));
}

TEST_CASE("ptx: f16 and f16x2 arithmetic rounds once") {
    // 1 + 2^-11 is a tie between 1 and 1 + 2^-10.
    CHECK(evaluate("add.rn.f16 %d16, %a16, %b16;", {{0x3c00, 0x1000}, {0x7bff, 0x7bff}}) ==
          Values{0x3c00, 0x7c00});
    CHECK(evaluate("mul.f16x2 %d32, %a32, %b32;", {{0x40003c00, 0x42003800}}) ==
          Values{0x46003800});
    CHECK(evaluate("add.f16x2 %d32, %a32, %b32;", {{0x40003c00, 0x42003800}}) ==
          Values{0x45003e00});
    CHECK(evaluate("sub.f16 %d16, %a16, %b16;", {{0x3c00, 0x4000}}) == Values{0xbc00});
    // 2048 * 1 + 1.0009765625 lies just above the tie 2049; a first rounding to f16 would lose
    // that.
    CHECK(evaluate("fma.rn.f16 %d16, %a16, %b16, %c16;", {{0x6800, 0x3c00, 0x3c01}}) ==
          Values{0x6801});
}

TEST_CASE("ptx: conversions between f16, f32 and f64") {
    CHECK(evaluate("cvt.rn.f16.f32 %d16, %a32;", {{f32(1.0f)}, {f32(65520.0f)}, {f32(0x1p-25f)}}) ==
          Values{0x3c00, 0x7c00, 0});
    CHECK(evaluate("cvt.f32.f16 %d32, %a16;", {{0x3c01}, {0x0001}, {0x7e00}}) ==
          Values{f32(1.0f + 0x1p-10f), f32(0x1p-24f), kNan});
    CHECK(evaluate("cvt.rn.f16x2.f32 %d32, %a32, %b32;", {{f32(2.0f), f32(1.0f)}}) ==
          Values{0x40003c00});
    CHECK(evaluate("cvt.f64.f32 %d64, %a32;", {{f32(0.1f)}}) ==
          Values{f64(static_cast<double>(0.1f))});
    CHECK(evaluate("cvt.rn.f32.f64 %d32, %a64;", {{f64(1.0 + 0x1p-24)}, {f64(1e300)}}) ==
          Values{f32(1.0f), f32(kInfinity)});
}

TEST_CASE("ptx: conversions between integers and floats round as asked and clamp") {
    CHECK(evaluate("cvt.rn.f32.u32 %d32, %a32;", {{0x01000001}, {0xffffffff}}) ==
          Values{f32(0x1p24f), f32(0x1p32f)});
    CHECK(evaluate("cvt.rn.f32.s32 %d32, %a32;", {{0xffffffff}}) == Values{f32(-1.0f)});
    CHECK(evaluate("cvt.rzi.s32.f32 %d32, %a32;",
                   {{f32(-1.75f)}, {f32(3e9f)}, {kNan}, {f32(-3e9f)}}) ==
          Values{0xffffffff, 0x7fffffff, 0, 0x80000000});
    CHECK(evaluate("cvt.rzi.u32.f32 %d32, %a32;", {{f32(-1.0f)}, {f32(1e10f)}}) ==
          Values{0, 0xffffffff});
    CHECK(evaluate("cvt.rni.s32.f32 %d32, %a32;", {{f32(2.5f)}, {f32(3.5f)}, {f32(-2.5f)}}) ==
          Values{2, 4, 0xfffffffe});
    CHECK(evaluate("cvt.rni.s32.f64 %d32, %a64;", {{f64(-0.75)}}) == Values{0xffffffff});
}

TEST_CASE("ptx: floating-point numbers in the text keep their bits") {
    CHECK(evaluate("mov.f32 %d32, 0f3F800000;", {{}}) == Values{f32(1.0f)});
    CHECK(evaluate("mov.f32 %d32, 1.5;", {{}}) == Values{f32(1.5f)});
    CHECK(evaluate("mov.f64 %d64, 0dBFF0000000000000;", {{}}) == Values{f64(-1.0)});
    CHECK(evaluate("add.rn.f32 %d32, %a32, 0fBF800000;", {{f32(1.0f)}}) == Values{0});
}
