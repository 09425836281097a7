// Floating-point forms through the whole datapath. Golden values: the hardware outputs and models
// of MMA-Sim (arXiv 2511.10909) and the Leeds group (arXiv 2512.07004), section 1 of
// docs/numerics.md.
#include <bit>
#include <catch2/catch.hpp>
#include <vector>

#include "models/types/data_type.hpp"
#include "tests/support/one_element.hpp"

using namespace sptc;
using test::OneElement;

namespace {

using Bits = std::vector<std::uint64_t>;

constexpr std::string_view kVolta32 = "mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32";
constexpr std::string_view kVolta16 = "mma.sync.aligned.m8n8k4.row.col.f16.f16.f16.f16";
constexpr std::string_view kVoltaMixed = "mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f16";
constexpr std::string_view kF32 = "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32";
constexpr std::string_view kF16 = "mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16";
constexpr std::string_view kBf16 = "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32";
constexpr std::string_view kBf16OneGroup = "mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32";
constexpr std::string_view kTf32 = "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32";
constexpr std::string_view kSparseF32 = "mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32";

std::uint64_t f16(double value) { return types::f64_to_f16(value); }

/// 2^exponent, or its negative, as bf16 (also subnormal).
std::uint64_t bf16(int exponent, bool negative = false) {
    const int bits = exponent >= -126 ? (exponent + 127) << 7 : 1 << (exponent + 133);
    return static_cast<std::uint64_t>(bits | (negative ? 0x8000 : 0));
}

/// Sixteen operands: +2^7 and -2^7 at two places, `rest` elsewhere; against the second vector the
/// products are 2^14, -2^14 and rest * 2^-5.
Bits big_pair(std::size_t plus, std::size_t minus, double rest) {
    Bits bits(16, f16(rest));
    bits[plus] = f16(0x1p7);
    bits[minus] = f16(-0x1p7);
    return bits;
}
Bits big_pair_b(std::size_t plus, std::size_t minus) {
    Bits bits(16, f16(0x1p-5));
    bits[plus] = f16(0x1p7);
    bits[minus] = f16(0x1p7);
    return bits;
}

}  // namespace

TEST_CASE("numeric: golden value of four terms below a large c") {
    const Bits a{f16(-0x1p13), f16(-0.5), f16(-0.25), f16(-0.125)};
    const Bits b{f16(0x1p10), f16(1), f16(1), f16(1)};
    constexpr std::uint64_t kTwoTo23 = 0x4b000000;
    CHECK(OneElement{"sm_70", kVolta32}(a, b, kTwoTo23) == 0x00000000);
    CHECK(OneElement{"sm_80", kF32}(a, b, kTwoTo23) == 0xbf000000);
    CHECK(OneElement{"sm_90", kF32}(a, b, kTwoTo23) == 0xbf400000);
}

TEST_CASE("numeric: golden values of products that cancel in one group or across two") {
    const auto run = [](std::string_view architecture, std::size_t minus) {
        return OneElement{architecture, kF32}(big_pair(0, minus, 0x1p-6), big_pair_b(0, minus), 0);
    };
    CHECK(run("sm_80", 8) == 0x00000000);
    CHECK(run("sm_90", 8) == 0x3be00000);
    CHECK(run("sm_80", 1) == 0x3b800000);
    CHECK(run("sm_90", 1) == 0x3be00000);
}

TEST_CASE("numeric: golden values of ties of f16 results") {
    const auto run = [](std::string_view architecture, std::string_view name, double second) {
        return OneElement{architecture, name}({f16(0x1p-11), f16(second)},
                                              {f16(0x1p-14), f16(0x1p-24)}, 0);
    };
    CHECK(run("sm_70", kVolta16, 0x1p-20) == 0x0000);
    CHECK(run("sm_80", kF16, 0x1p-20) == 0x0001);
    CHECK(run("sm_90", kF16, 0x1p-20) == 0x0001);
    CHECK(run("sm_70", kVolta16, 0x1p-21) == 0x0000);
    CHECK(run("sm_80", kF16, 0x1p-21) == 0x0000);
    CHECK(run("sm_90", kF16, 0x1p-21) == 0x0001);
}

TEST_CASE("numeric: golden values of bf16 at both ends of the range") {
    const auto tiny = [](std::string_view architecture, int exponent) {
        return OneElement{architecture, kBf16}({bf16(-100), bf16(-100)},
                                               {bf16(-49), bf16(exponent + 100, true)}, 0);
    };
    CHECK(tiny("sm_80", -156) == 0x00000000);
    CHECK(tiny("sm_80", -157) == 0x00000001);
    CHECK(tiny("sm_90", -156) == 0x00000000);
    CHECK(tiny("sm_90", -157) == 0x00000000);
    for (const std::string_view architecture : {"sm_80", "sm_90"}) {
        const OneElement bf16_mma{architecture, kBf16};
        CHECK(bf16_mma({bf16(127), bf16(127)}, {bf16(0), bf16(0)}, 0) == 0x7f800000);
        CHECK(bf16_mma({bf16(127), bf16(127), bf16(103)}, {bf16(0), bf16(0), bf16(0, true)}, 0) ==
              0x7f7fffff);
    }
}

TEST_CASE("numeric: products of bf16 neither overflow nor underflow before they are summed") {
    const OneElement mma{"sm_80", kBf16};
    CHECK(mma({bf16(127), bf16(127), bf16(127)}, {bf16(127), bf16(127, true), bf16(103)}, 0) ==
          0x7f800000);  // 2^230 is the smallest unit, and no f32
    CHECK(mma({bf16(127), bf16(127)}, {bf16(127), bf16(127, true)}, 0) == 0);
    CHECK(mma({bf16(127), bf16(127), bf16(100)}, {bf16(127), bf16(127, true), bf16(20)}, 0) == 0);
    CHECK(mma({bf16(-126)}, {bf16(-126)}, 0x00000001) == 0x00000001);
}

TEST_CASE("numeric: what is cut to zero keeps its sign, what is zero does not") {
    const OneElement mma{"sm_80", kBf16OneGroup};
    CHECK(mma({bf16(-100)}, {bf16(-50)}, 0) == 0);  // 2^-150
    CHECK(mma({bf16(-100)}, {bf16(-50, true)}, 0) ==
          (isa::kNegativeUnderflowKeepsSign ? 0x80000000u : 0u));
    CHECK(mma({bf16(-100)}, {bf16(-57, true)}, 0) == 0);  // below the last unit, 2^-156
    CHECK(mma({0x8000}, {bf16(0)}, 0x80000000) == 0);
    // The next group begins with -0, and its sum is zero.
    CHECK(OneElement{"sm_80", kBf16}({bf16(-100)}, {bf16(-50, true)}, 0) == 0);
}

TEST_CASE("numeric: tf32 ignores 13 bits of each operand") {
    const OneElement mma{"sm_80", kTf32};
    CHECK(mma({0x3f801fff}, {0x40001fff}, 0) == 0x40000000);
    CHECK(mma({0x7f801fff}, {0x3f800000}, 0) == 0x7f800000);
    CHECK(mma({0x7f802000}, {0x3f800000}, 0) == 0x7fffffff);
    // 1 + 2^-10 squared.
    CHECK(mma({0x3f802000}, {0x3f802000}, 0) == 0x3f804008);
}

TEST_CASE("numeric: a group of sixteen adds what 31 bits cannot hold") {
    // 65504^2 * 16 = 0xFFE0 * 0xFFE0 * 16, exact in 24 bits of F = 25: 16 * 2047^2 * 2^10.
    CHECK(OneElement{"sm_90", kF32}(Bits(16, f16(65504)), Bits(16, f16(65504)), 0) == 0x517fc004);
    CHECK(OneElement{"sm_90", kF32}(Bits(16, f16(65504)), Bits(16, f16(-65504)), 0) == 0xd17fc004);
    CHECK(OneElement{"sm_90", kF16}(Bits(16, f16(-65504)), Bits(16, f16(65504)), 0) == 0xfc00);
}

TEST_CASE("numeric: m8n8k4 takes an f16 c as the f32 of the same value") {
    for (const std::string_view architecture : {"sm_70", "sm_75"}) {
        const OneElement mma{architecture, kVoltaMixed};
        CHECK(mma({f16(1)}, {f16(1)}, f16(0.5)) == 0x3fc00000);
        CHECK(mma({}, {}, 0x0001) == 0x33800000);
        CHECK(mma({}, {}, 0x7e00) == 0x7fffffff);
        CHECK(mma({f16(1)}, {f16(1)}, 0xfc00) == 0xff800000);
    }
}

TEST_CASE("numeric: specials of one element of a row do not reach the others") {
    const OneElement mma{"sm_80", kF32};
    CHECK(mma({0x7c00}, {f16(-1)}, 0x7f7fffff) == 0xff800000);
    CHECK(mma({0x7c00}, {0}, 0) == 0x7fffffff);
    CHECK(mma({0xfe01}, {f16(1)}, 0) == 0x7fffffff);
    // An infinity of the first group meets its opposite in the second.
    Bits a(9, 0);
    Bits b(9, f16(1));
    a[0] = 0x7c00;
    a[8] = 0xfc00;
    CHECK(mma(a, b, 0) == 0x7fffffff);
}

TEST_CASE("numeric: each partition of a sparse instruction keeps other terms") {
    // How many products of 2^-11 outlive +2^14 and -2^14 in two slots (F = 24, 16 stored slots).
    struct Row {
        std::size_t plus, minus;
        int h1, h2, h3, h4, h5;
    };
    for (const Row& row : {Row{0, 1, 8, 12, 0, 0, 8}, Row{0, 8, 0, 4, 0, 8, 0},
                           Row{0, 2, 8, 12, 0, 8, 8}, Row{8, 9, 8, 12, 0, 0, 8}}) {
        const auto survivors = [&](isa::Partition partition) {
            const std::uint64_t d = OneElement{"sm_80", kSparseF32, partition}(
                big_pair(row.plus, row.minus, 0x1p-6), big_pair_b(row.plus, row.minus), 0);
            // n * 2^-11 as f32
            for (int n = 0; n <= 16; ++n) {
                const float value = static_cast<float>(n) * 0x1p-11f;
                if (std::bit_cast<std::uint32_t>(value) == d) return n;
            }
            return -1;
        };
        CAPTURE(row.plus, row.minus);
        CHECK(survivors(isa::Partition::kCompressed) == row.h1);
        CHECK(survivors(isa::Partition::kLogical) == row.h2);
        CHECK(survivors(isa::Partition::kWhole) == row.h3);
        CHECK(survivors(isa::Partition::kSlotParity) == row.h4);
        CHECK(survivors(isa::Partition::kReversed) == row.h5);
    }
}
