// fp8 forms: native with F = 13 (sm_89) or 25 (sm_120), and as two f16 instructions and an addition
// (sm_90). Expected values follow from section 2 of docs/numerics.md by hand.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/support/one_element.hpp"

using namespace sptc;
using test::OneElement;

namespace {

using Bits = std::vector<std::uint64_t>;

constexpr std::string_view kF32 = "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32";
constexpr std::string_view kF16 = "mma.sync.aligned.m16n8k32.row.col.f16.e4m3.e4m3.f16";
constexpr std::string_view kMixed = "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e5m2.f32";

/// 2^exponent as e4m3.
std::uint64_t e4m3(int exponent, bool negative = false) {
    const int bits = exponent >= -6 ? (exponent + 7) << 3 : 1 << (exponent + 9);
    return static_cast<std::uint64_t>(bits | (negative ? 0x80 : 0));
}

/// D of 30 products of 2^(2 rest), and +2^(2 big) and -2^(2 big) at k = plus and minus.
std::uint64_t cancel(std::string_view architecture, int big, int rest, std::size_t plus,
                     std::size_t minus) {
    Bits a(32, e4m3(rest));
    Bits b(32, e4m3(rest));
    a[plus] = e4m3(big);
    a[minus] = e4m3(big, true);
    b[plus] = b[minus] = e4m3(big);
    return OneElement{architecture, kF32}(a, b, 0);
}

}  // namespace

TEST_CASE("numeric: fp8 on sm_89 keeps 13 bits and sums groups of sixteen") {
    CHECK(cancel("sm_89", 7, 0, 0, 1) == 0x41800000);  // 16: those of the second group
    CHECK(cancel("sm_89", 7, 0, 0, 16) == 0x00000000);
    CHECK(cancel("sm_89", 6, 0, 0, 16) == 0x41f00000);  // 2^12: a one is two units
    CHECK(OneElement{"sm_89", kF32}({e4m3(0)}, {e4m3(0)}, 0x39800000) == 0x3f800800);
    CHECK(OneElement{"sm_89", kF32}({e4m3(0)}, {e4m3(0)}, 0x38000000) == 0x3f800000);
}

TEST_CASE("numeric: fp8 on sm_120 sums all 32 products in one group") {
    CHECK(cancel("sm_120", 7, 0, 0, 1) == 0x41f00000);
    CHECK(cancel("sm_120", 8, -5, 0, 1) == 0);  // 2^-10 is half a unit of 2^(16-25)
    CHECK(cancel("sm_120", 8, -5, 0, 16) == 0);
    // 32 * 448 * 448, more than 32 bits of the sum hold.
    CHECK(OneElement{"sm_120", kF32}(Bits(32, 0x7e), Bits(32, 0x7e), 0) == 0x4ac40000);
    CHECK(OneElement{"sm_120", kF32}(Bits(32, 0xfe), Bits(32, 0x7e), 0) == 0xcac40000);
}

TEST_CASE("numeric: a sum of exactly -2^31 units is that") {
    constexpr std::uint64_t k24 = 0x5c, kMinus24 = 0xdc;  // -28 * 24^2 - 2^8 = -2^14
    Bits a(28, kMinus24);
    a.push_back(e4m3(4, true));
    Bits b(28, k24);
    b.push_back(e4m3(4));
    CHECK(OneElement{"sm_120", kF32}(a, b, 0) == 0xc6800000);
    CHECK(OneElement{"sm_120", kF16}(a, b, 0) == 0xf400);
}

TEST_CASE("numeric: a sum of more than 32 bits still rounds by its last bit") {
    // 28 * 24^2 + 2^8 + 8 = 2^14 + 8: a tie of f16, which 2^-17, one unit of 2^(8-25), decides.
    constexpr std::uint64_t k24 = 0x5c;
    Bits a(28, k24);
    a.insert(a.end(), {e4m3(4), e4m3(2)});
    Bits b(28, k24);
    b.insert(b.end(), {e4m3(4), e4m3(1)});
    CHECK(OneElement{"sm_120", kF16}(a, b, 0) == 0x7400);
    a.push_back(e4m3(-8));
    b.push_back(e4m3(-9));
    CHECK(OneElement{"sm_120", kF16}(a, b, 0) == 0x7401);
}

TEST_CASE("numeric: emulated fp8 sums k mod 4 below 2 first") {
    CHECK(cancel("sm_90", 8, -5, 0, 1) == 0x3c800000);  // 16 of 2^-10: those of the second group
    CHECK(cancel("sm_90", 8, -5, 0, 17) == 0x3c800000);
    CHECK(cancel("sm_90", 8, -5, 0, 2) == 0);
    CHECK(cancel("sm_90", 8, -5, 2, 3) == 0x3c800000);  // those of the first, above the unit 2^-9
}

TEST_CASE("numeric: emulated fp8 adds c at the end, to nearest even") {
    constexpr std::uint64_t k64 = 0x42800000;
    for (const std::string_view architecture : {"sm_90", "sm_100"}) {
        const OneElement mma{architecture, kF32};
        CHECK(mma({e4m3(-9)}, {e4m3(-9)}, k64) == k64);  // half a last place
        CHECK(mma({0x03}, {e4m3(-9)}, k64) == k64 + 2);  // one and a half
        CHECK(mma({}, {}, 0x80000000) == 0);             // +0 + -0
        CHECK(mma({e4m3(0)}, {e4m3(0)}, 0xbf800000) == 0);
        CHECK(mma({0x7f}, {0}, 0) == 0x7fffffff);
        CHECK(mma({e4m3(0)}, {e4m3(0)}, 0x7fc00001) == 0x7fffffff);
        CHECK(mma({e4m3(0)}, {e4m3(0)}, 0x7f800000) == 0x7f800000);
        const OneElement half{architecture, kF16};
        CHECK(half({e4m3(0)}, {e4m3(0)}, 0xbc00) == 0);
        CHECK(half({e4m3(-5)}, {e4m3(-6)}, 0x3c00) == 0x3c00);  // 1 + 2^-11: a tie
        CHECK(half({e4m3(-5)}, {e4m3(-6)}, 0x3c01) == 0x3c02);
        CHECK(half({0x7e, 0x7e}, {0x7e, 0x7e}, 0xfc00) == 0x7fff);  // overflow, then - infinity
        CHECK(half({0x7f}, {0}, 0) == 0x7fff);
    }
}

TEST_CASE("numeric: a native subnormal e4m3 counts with exponent -6") {
    // Against 2^-9 - 2^-9 a product of 2^-20 is half a unit of 2^(-6-13); were the subnormals
    // normalised it would be four.
    constexpr std::uint64_t kOneE5m2 = 0x3c, kTwoToMinus14 = 0x04;
    const Bits a{e4m3(-9), e4m3(-9, true), e4m3(-6)};
    const Bits b{kOneE5m2, kOneE5m2, kTwoToMinus14};
    CHECK(OneElement{"sm_89", kMixed}(a, b, 0) == 0);
    CHECK(OneElement{"sm_90", kMixed}(a, b, 0) == 0x35800000);
}

TEST_CASE("numeric: e5m2 has infinities and e4m3 has none") {
    const OneElement mma{"sm_89", kMixed};
    CHECK(mma({e4m3(0)}, {0x7c}, 0) == 0x7f800000);
    CHECK(mma({e4m3(0, true)}, {0x7c}, 0) == 0xff800000);
    CHECK(mma({0}, {0x7c}, 0) == 0x7fffffff);
    CHECK(mma({0x7e}, {0x3c}, 0) == 0x43e00000);
    CHECK(mma({0x7f}, {0x3c}, 0) == 0x7fffffff);
}
