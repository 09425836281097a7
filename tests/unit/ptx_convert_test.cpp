#include <bit>
#include <catch2/catch.hpp>

#include "tests/support/ptx_run.hpp"

using namespace sptc;
using test::evaluate;
using Values = std::vector<std::uint64_t>;

namespace {

std::uint64_t f32(float value) { return std::bit_cast<std::uint32_t>(value); }
std::uint64_t f64(double value) { return std::bit_cast<std::uint64_t>(value); }
constexpr std::uint64_t kInfinity = 0x7f800000;

}  // namespace

// Expected values: PTX ISA, cvt; formats by hand.

TEST_CASE("ptx: an integer in a wider register is extended by its own sign") {
    CHECK(evaluate("cvt.s8.s32 %d32, %a32;", {{0x1ff}, {0x17f}}) == Values{0xffffffff, 0x7f});
    CHECK(evaluate("cvt.u8.u32 %d64, %a32;", {{0x1ff}}) == Values{0xff});
    CHECK(evaluate("cvt.rzi.s8.f32 %d32, %a32;", {{f32(-200.0f)}}) == Values{0xffffff80});
    CHECK(evaluate("cvt.rn.f32.s8 %d32, %a32;", {{0x1ff}}) == Values{f32(-1.0f)});
}

TEST_CASE("ptx: cvt.ftz flushes f32 sources and results, cvt.sat clamps to [0, 1]") {
    CHECK(evaluate("cvt.ftz.f64.f32 %d64, %a32;", {{0x80000001}}) == Values{f64(-0.0)});
    CHECK(evaluate("cvt.rn.ftz.f32.f64 %d32, %a64;", {{f64(-0x1p-140)}}) == Values{0x80000000});
    CHECK(evaluate("cvt.rpi.ftz.s32.f32 %d32, %a32;", {{1}}) == Values{0});
    CHECK(evaluate("cvt.rpi.s32.f32 %d32, %a32;", {{1}}) == Values{1});
    CHECK(evaluate("cvt.sat.f32.f32 %d32, %a32;",
                   {{f32(-2.0f)}, {f32(0.25f)}, {f32(2.0f)}, {0x7fc00000}, {f32(-0.0f)}}) ==
          Values{0, f32(0.25f), f32(1.0f), 0, 0});
    CHECK(evaluate("cvt.rn.sat.f16.s32 %d16, %a32;", {{5}, {0xffffffff}}) == Values{0x3c00, 0});
}

TEST_CASE("ptx: cvt.rna.tf32.f32 rounds ties away from zero and clears 13 bits") {
    CHECK(evaluate("cvt.rna.tf32.f32 %d32, %a32;",
                   {{0x3f801000}, {0x3f800fff}, {0xbf801000}, {0x7f7fffff}, {0x7f800001}}) ==
          Values{0x3f802000, 0x3f800000, 0xbf802000, kInfinity, 0x7fffffff});
    CHECK(evaluate("cvt.rna.satfinite.tf32.f32 %d32, %a32;", {{0x7f7fffff}, {0xff800000}}) ==
          Values{0x7f7fe000, 0xff7fe000});
}

TEST_CASE("ptx: cvt to f16 and bf16 with .relu and .satfinite") {
    CHECK(evaluate("cvt.rn.relu.f16.f32 %d16, %a32;",
                   {{f32(-1.0f)}, {f32(1.0f)}, {0xffc00000}, {f32(-0.0f)}}) ==
          Values{0, 0x3c00, 0x7fff, 0});
    CHECK(evaluate("cvt.rz.satfinite.f16.f32 %d16, %a32;", {{f32(1e6f)}, {0xff800000}}) ==
          Values{0x7bff, 0xfbff});
    CHECK(evaluate("cvt.rn.satfinite.relu.bf16.f32 %d16, %a32;", {{kInfinity}, {f32(-3.0f)}}) ==
          Values{0x7f7f, 0});
    CHECK(evaluate("cvt.rn.bf16x2.f32 %d32, %a32, %b32;", {{f32(2.0f), 0x3f808000}}) ==
          Values{0x40003f80});
    CHECK(evaluate("cvt.rz.relu.satfinite.bf16x2.f32 %d32, %a32, %b32;",
                   {{f32(-2.0f), kInfinity}}) == Values{0x00007f7f});
    CHECK(evaluate("cvt.rz.f16x2.f32 %d32, %a32, %b32;", {{0x3f801fff, 0xbf801fff}}) ==
          Values{0x3c00bc00});
}

TEST_CASE("ptx: cvt between pairs of 8-bit floats and f16 or f32") {
    // e4m3: 1.0 = 0x38, largest 448 = 0x7e, NaN 0x7f; e5m2: 1.0 = 0x3c, largest 57344 = 0x7b.
    CHECK(evaluate("cvt.rn.satfinite.e4m3x2.f32 %d16, %a32, %b32;", {{f32(1.0f), f32(500.0f)},
                                                                     {f32(-1e9f), 0x7fc00000},
                                                                     {f32(0x1p-9f), f32(0x1p-10f)},
                                                                     {f32(464.0f), f32(448.0f)}}) ==
          Values{0x387e, 0xfe7f, 0x0100, 0x7e7e});
    CHECK(evaluate("cvt.rn.satfinite.e5m2x2.f32 %d16, %a32, %b32;",
                   {{f32(1.0f), f32(1e6f)}, {0xff800000, 0x7fc00000}}) == Values{0x3c7b, 0xfb7f});
    CHECK(evaluate("cvt.rn.satfinite.relu.e4m3x2.f16x2 %d16, %a32;", {{0x3c00c000}}) ==
          Values{0x3800});
    CHECK(evaluate("cvt.rn.f16x2.e4m3x2 %d32, %a16;", {{0x38fe}, {0x017f}}) ==
          Values{0x3c00df00, 0x18007fff});
    CHECK(evaluate("cvt.rn.relu.f16x2.e5m2x2 %d32, %a16;", {{0xbc7c}}) == Values{0x00007c00});
}

TEST_CASE("ptx: cvt.pack clamps two numbers and packs them below the third") {
    CHECK(evaluate("cvt.pack.sat.s16.s32 %d32, %a32, %b32;", {{70000, 0xffff0000}}) ==
          Values{0x7fff8000});
    CHECK(evaluate("cvt.pack.sat.u16.s32 %d32, %a32, %b32;", {{70000, 0xffffffff}}) ==
          Values{0xffff0000});
    CHECK(evaluate("cvt.pack.sat.u8.s32.b32 %d32, %a32, %b32, %c32;", {{300, 7, 0x11223344}}) ==
          Values{0x3344ff07});
    CHECK(evaluate("cvt.pack.sat.s4.s32.b32 %d32, %a32, %b32, %c32;",
                   {{0xffffff00, 5, 0x00abcdef}}) == Values{0xabcdef85});
}

TEST_CASE("ptx: f64 keeps the payload of a NaN that f32 brings") {
    CHECK(evaluate("cvt.f64.f32 %d64, %a32;", {{0xffc00001}, {0x7f800001}}) ==
          Values{0xfff8000020000000, 0x7ff8000020000000});
    CHECK(evaluate("add.rz.f64 %d64, %a64, %b64;",
                   {{f64(1.0), 0x7ff0000000000005}, {0x7ff0000000000000, 0xfff0000000000000}}) ==
          Values{0x7ff8000000000005, 0xfff8000000000000});
}
