// f64: chains of fused multiply-adds (IEEE 754, to nearest even).
#include <bit>
#include <catch2/catch.hpp>
#include <limits>
#include <string>

#include "models/numeric/fused_multiply_add.hpp"
#include "tests/support/one_element.hpp"

using namespace sptc;
using test::OneElement;

namespace {

std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }
std::uint64_t fused(double a, double b, double c) {
    return numeric::fused_multiply_add(bits(a), bits(b), bits(c), isa::Rounding::kNearestEven);
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kNan = 0x7ff8000000000000;

}  // namespace

TEST_CASE("fused_multiply_add: rounds once") {
    CHECK(fused(1 + 0x1p-52, 1 + 0x1p-52, -1) == bits(0x1p-51 + 0x1p-104));
    CHECK(fused(1 + 0x1p-30, 1 - 0x1p-30, -1) == bits(-0x1p-60));
    CHECK(fused(1, 1, 0x1p-53) == bits(1));  // a tie
    CHECK(fused(1 + 0x1p-52, 1, 0x1p-53) == bits(1 + 0x1p-51));
    CHECK(fused(0x1p-53, 1 + 0x1p-52, 1) == bits(1 + 0x1p-52));  // just above a tie
    CHECK(fused(0x1p-600, 0x1p-600, 1) == bits(1));
    CHECK(fused(-0x1p-600, 0x1p-600, 1) == bits(1));
    CHECK(fused(0x1p60, 0x1p60, 1) == bits(0x1p120));
    CHECK(fused(0x1p60, 0x1p60, -0x1p120) == 0);
}

TEST_CASE("fused_multiply_add: underflows gradually and overflows to infinity") {
    CHECK(fused(0x1p-537, 0x1p-537, 0) == 1);
    CHECK(fused(0x1p-538, 0x1p-537, 0) == 0);  // half the smallest: to even
    CHECK(fused(0x1.8p-538, 0x1p-537, 0) == 1);
    CHECK(fused(-0x1p-600, 0x1p-600, 0) == bits(-0.0));
    CHECK(fused(0x1p-1074, 0x1p-1, 0x1p-1074) == 2);  // 1.5 smallest: to even
    CHECK(fused(0x1p-1022, 1, -0x1p-1074) == 0x000fffffffffffff);
    CHECK(fused(0x1p1023, 2, 0) == bits(kInfinity));
    CHECK(fused(0x1p1023, -2, 0) == bits(-kInfinity));
    CHECK(fused(0x1p1023, 2, -0x1.fffffffffffffp1023) == bits(0x1p971));
}

TEST_CASE("fused_multiply_add: zeros and specials") {
    CHECK(fused(-0.0, 1, -0.0) == bits(-0.0));
    CHECK(fused(-0.0, 1, 0.0) == 0);
    CHECK(fused(1, 1, -1) == 0);
    CHECK(fused(0, 5, -3) == bits(-3));
    CHECK(fused(2, 3, -0.0) == bits(6));
    CHECK(fused(kInfinity, 0, 1) == kNan);
    CHECK(fused(kInfinity, 1, -kInfinity) == kNan);
    CHECK(fused(-kInfinity, 1, -kInfinity) == bits(-kInfinity));
    CHECK(fused(1, 1, kInfinity) == bits(kInfinity));
    CHECK(numeric::fused_multiply_add(bits(1), bits(1), 0xfff0000000000001,
                                      isa::Rounding::kNearestEven) == kNan);
}

TEST_CASE("numeric: f64 adds its products one after another, k ascending") {
    for (const std::string_view name : {"m8n8k4", "m16n8k4", "m16n8k8", "m16n8k16"}) {
        const std::string instruction =
            "mma.sync.aligned." + std::string(name) + ".row.col.f64.f64.f64.f64";
        const OneElement mma{"sm_90", instruction};
        // 2^53 + 1 + 1 stays at 2^53; 1 + 1 + 2^53 does not.
        CHECK(mma({bits(0x1p53), bits(1), bits(1)}, {bits(1), bits(1), bits(1)}, 0) ==
              bits(0x1p53));
        CHECK(mma({bits(1), bits(1), bits(0x1p53)}, {bits(1), bits(1), bits(1)}, 0) ==
              bits(0x1p53 + 2));
        CHECK(mma({0x7ff0000000000001}, {0}, 0) == kNan);
        CHECK(mma({}, {}, 0xffffffffffffffff) == kNan);
    }
}
